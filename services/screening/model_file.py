"""Models as files in wheels: only the file is used, nothing of the package is imported."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
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


def state_of(file: ModelFile) -> str:
    """The file's hash, or why it cannot be used; it is read again only where it was replaced."""
    path = _path(file)
    if path is None:
        return "missing"
    about = path.stat()
    return _state(file, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=64)
def _state(file: ModelFile, size: int, changed_ns: int) -> str:  # noqa: ARG001 - of which content it is the state
    content = content_of(file)
    return content.why if isinstance(content, NotInstalled) else file.sha256


def _path(file: ModelFile) -> Path | None:
    package = find_spec(file.package)
    folders = [] if package is None else list(package.submodule_search_locations or ())
    return next((Path(folder) / file.path for folder in folders if (Path(folder) / file.path).is_file()), None)


def content_of(file: ModelFile) -> bytes | NotInstalled:
    """The file's bytes, or why there are none."""
    path = _path(file)
    if path is None:
        return NotInstalled(f'{file.package} is not installed (extra "screening")')
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return NotInstalled(f"{path.name} of {file.package} is not the file that was tried")
    return content
