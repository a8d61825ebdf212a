"""The nouns of drills: a drill, its promises and outcome, and mutations of the product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of the product, and what happened in the drill."""

    text: str  # "integers of all profiles equal the oracle's"
    happened: str  # with figures: "20,000 of 20,000 users, 0 differ"
    kept: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a drill."""

    injected: tuple[str, ...]
    promises: tuple[Promise, ...]

    @property
    def kept(self) -> bool:
        """Whether every promise was kept; a drill without a promise proves nothing and counts as broken."""
        return bool(self.promises) and all(promise.kept for promise in self.promises)

    def facts(self, name: str) -> dict[str, Any]:
        """What `adloom drill --json` prints."""
        promises = [{"promise": p.text, "happened": p.happened, "kept": p.kept} for p in self.promises]
        return {"drill": name, "kept": self.kept, "injected": list(self.injected), "promises": promises}


@dataclass(frozen=True, slots=True)
class Mutation:
    """A defence: lines of the product that keep a promise, and their replacement in a build without the defence.

    `old` must occur in the file exactly once, so that a changed defence is noticed and not silently left in.
    """

    name: str
    path: str  # from the root of the checkout
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Setting:
    """The inputs of one run of a drill."""

    folder: Path  # empty, removed afterwards
    environ: Mapping[str, str]  # without ADLOOM_* variables of the user's own stack
    seed: int
    short: bool  # the form that the tests run: the same kinds of fault, fewer and smaller
    report: Callable[[str], None]  # prints progress


@dataclass(frozen=True, slots=True)
class Drill:
    """A proof by fault injection: `run` injects faults and checks promises; it must fail under each of `mutations`."""

    name: str
    summary: str
    run: Callable[[Setting], Outcome]
    mutations: tuple[Mutation, ...]
