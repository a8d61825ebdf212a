"""The part of requirements.lock that some extras need: `python services/tools/stack/locked_subset.py creative`.

An image then installs exactly the locked bytes and nothing that its processes do not use. The lock names for every
package those that require it ("via"), and the subset follows these lines: no dependency is resolved again and no index
is queried. Standard library only: it runs in a bare image, before anything is installed.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_BLOCK = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(?:.*\n)(?:[ ].*\n)*", re.MULTILINE)
_VIA = re.compile(r"^    #\s+(?:via )?([a-z0-9][a-z0-9.-]*)", re.MULTILINE)
_NAME = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of the lock: its lines, and the packages that require it."""

    name: str
    lines: str
    via: frozenset[str]


def pins(lock: str) -> dict[str, Pin]:
    """The packages of a lock by name.

    >>> pins("a==1 \\\\\\n    --hash=x\\n    # via\\n    #   b\\n    #   c\\n")["a"].via == {"b", "c"}
    True
    """
    found = (Pin(m[1], m[0], frozenset(_VIA.findall(m[0])) - {"via"}) for m in _BLOCK.finditer(lock))
    return {pin.name: pin for pin in found}


def declared(project: Mapping[str, object], extras: Iterable[str]) -> set[str]:
    """The packages that `pyproject.toml` requires, always and for these extras and the extras that they include.

    >>> table = {"name": "x", "dependencies": ["a>1"], "optional-dependencies": {"p": ["x[q]", "b"], "q": ["c[z]==1"]}}
    >>> sorted(declared(table, ["p"]))
    ['a', 'b', 'c']
    """
    groups: dict[str, list[str]] = project["optional-dependencies"]  # type: ignore[assignment]
    wanted = list(project["dependencies"])  # type: ignore[call-overload]
    for extra in extras:
        if extra not in groups:
            raise SystemExit(f"pyproject.toml has no extra {extra!r}, but: {', '.join(sorted(groups))}")
        wanted += groups[extra]
    names: set[str] = set()
    for requirement in wanted:
        name, inner = _NAME.match(requirement).groups()  # type: ignore[union-attr]
        own = name == project["name"]
        names |= declared(project, re.split(r"\s*,\s*", inner)) if own else {canonical(name)}
    return names


def canonical(name: str) -> str:
    """The name as locks write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(lock: Mapping[str, Pin], roots: Iterable[str]) -> list[Pin]:
    """The roots and everything that they require, in the lock's order."""
    reached = set(roots)
    if unknown := sorted(reached - set(lock)):
        raise SystemExit(f"requirements.lock pins no {', '.join(unknown)}: run make lock")
    while grown := {pin.name for pin in lock.values() if pin.via & reached} - reached:
        reached |= grown
    return [pin for pin in lock.values() if pin.name in reached]


def subset(extras: Iterable[str], root: Path = ROOT) -> list[Pin]:
    """The pins that these extras of the checkout at `root` need."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return closure(pins((root / "requirements.lock").read_text()), declared(project, extras))


def main() -> None:
    """Write the subset to standard output."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("extra", nargs="+", help="an extra of pyproject.toml")
    parser.add_argument("--root", type=Path, default=ROOT, help="where pyproject.toml and requirements.lock lie")
    options = parser.parse_args()
    sys.stdout.write("".join(pin.lines for pin in subset(options.extra, options.root)))


if __name__ == "__main__":
    main()
