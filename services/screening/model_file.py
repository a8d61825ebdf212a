"""Models as files in wheels: only the file is used, nothing of the package is imported."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of an installed package."""

    package: str
    path: str  # in the package
    sha256: str  # other weights would judge otherwise under the same name


@dataclass(frozen=True, slots=True)
class NotInstalled:
    """There is no such model here."""

    why: str


def content_of(file: ModelFile) -> bytes | NotInstalled:
    """The file's bytes, or why there are none."""
    package = find_spec(file.package)
    folders = [] if package is None else list(package.submodule_search_locations or ())
    path = next((Path(folder) / file.path for folder in folders if (Path(folder) / file.path).is_file()), None)
    if path is None:
        return NotInstalled(f'{file.package} is not installed (extra "screening")')
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return NotInstalled(f"{path.name} of {file.package} is not the file that was tried")
    return content
