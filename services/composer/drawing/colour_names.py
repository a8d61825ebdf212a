"""A product's colour as "#rrggbb": as the shop says it, or by its name in one of some languages; pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Final

_HEX: Final = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_SHORT: Final = 3  # letters; a shorter name may be the end of any word
_PARTS: Final = re.compile(r"[/,;&]")


def colour_hex_of(said: str, name: str) -> str:
    """The colour that is said as a number, else the first that is named; empty where neither is known.

    >>> said = (("#2A9D8F", ""), ("", "dunkelblau/weiß"), ("", "Light Blue"), ("", "hellgrün"), ("", "?"))
    >>> [colour_hex_of(*it) for it in said]
    ['#2a9d8f', '#2f4f86', '#3f6fb5', '#4f7a5b', '']
    """
    if _HEX.fullmatch(said.strip().lower()):
        return said.strip().lower()
    first = _PARTS.split(name)[0].strip().casefold()
    if first in _NAMED:
        return _NAMED[first]
    within = (name for name in _NAMED if len(name) > _SHORT and first.endswith(name))
    words = [*reversed(re.split(r"[\s-]+", first)), *within]
    return next((_NAMED[word] for word in words if word in _NAMED), "")


def _read() -> Mapping[str, str]:
    table = tomllib.loads(resources.files("services.composer.drawing").joinpath("colour_names.toml").read_text("utf-8"))
    return {name.casefold(): colour for colour, names in table.items() for name in names}


_NAMED: Final = _read()
