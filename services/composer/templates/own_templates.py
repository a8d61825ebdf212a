"""A shop's own templates, beside ours: YAML files of the same schema (`TEMPLATES.md`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from services.common.errors import Misconfigured
from services.composer.templates.read_template import read_template, templates
from services.composer.templates.template import Template

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
_LARGEST: Final = 100_000  # bytes; ours have 2,000
_ENDINGS: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class OwnTemplates:
    """Those of a folder."""

    by_name: Mapping[str, Template] = field(default_factory=dict)
    broken: tuple[str, ...] = ()  # what is wrong with the others, one sentence a file


NO_OWN: Final = OwnTemplates()


def is_file_of_template(said: str) -> bool:
    """Whether it names a file, and no template of ours."""
    return said.lower().endswith(_ENDINGS)


def own_template(path: Path) -> Template:
    """The template of a file, with the version of its content; raises `Misconfigured`, which names the file."""
    file = path.name
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: a template in YAML was expected ({error})") from error
    if len(content) > _LARGEST:
        raise Misconfigured(f"{file}: {len(content):,} bytes where a template of at most {_LARGEST:,} was expected")
    try:
        read = read_template(file, text)
    except (RecursionError, ValueError) as error:  # what YAML's reader raises for nests without end and odd dates
        raise Misconfigured(f"{file}: YAML was expected ({error})") from error
    if not _NAME.fullmatch(read.name) or read.name in templates():
        expected = "a name of at most 40 small letters, digits and hyphens that none of ours has"
        raise Misconfigured(f"{file}: name: {read.name!r} where {expected} was expected")
    return replace(read, version=hashlib.sha256(repr(read).encode()).hexdigest()[:12])


def own_templates(folder: str) -> OwnTemplates:
    """All of a folder; a broken one is named and the others are taken.

    Raises `Misconfigured` where there is no such folder.
    """
    if not folder:
        return NO_OWN
    place = Path(folder)
    if not place.is_dir():
        raise Misconfigured(f"ADLOOM_TEMPLATES: {folder!r} where a folder of templates in YAML was expected")
    found: dict[str, Template] = {}
    broken: list[str] = []
    for path in sorted(it for it in place.iterdir() if is_file_of_template(it.name) and not it.name.startswith(".")):
        try:
            read = own_template(path)
            if read.name in found:
                raise Misconfigured(f"{path.name}: name: {read.name!r} where one that no other file has was expected")
            found[read.name] = read
        except Misconfigured as wrong:
            broken.append(str(wrong))
    return OwnTemplates(found, tuple(broken))
