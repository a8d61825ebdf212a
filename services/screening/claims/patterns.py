"""How the tables' patterns are written; pure."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any


def spaced(pattern: str) -> str:
    """The pattern with each space as "white space or hyphen"; `[ ]` stays a space.

    >>> spaced("best seller[ ]x")
    'best[\\\\s-]seller[ ]x'
    """
    return re.sub(r"(?<!\[) ", r"[\\s-]", pattern)


def tables() -> list[tuple[str, str]]:
    """All tables, by name."""
    files = resources.files("services.screening.claims").iterdir()
    return sorted((file.name, file.read_text("utf-8")) for file in files if file.name.endswith(".toml"))


def table(name: str) -> dict[str, Any]:
    """A table of this folder."""
    return tomllib.loads(resources.files("services.screening.claims").joinpath(name).read_text("utf-8"))
