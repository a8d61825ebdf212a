"""The nouns of drills: what is injected, what was promised, what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that was promised, and what happened instead or as promised."""

    text: str  # "integers of all profiles equal the oracle's"
    happened: str  # with figures: "20,000 of 20,000 users, 0 differ"
    kept: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a drill saw."""

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
    """A line of the product that keeps a promise, and what a build says instead in which it was taken out.

    `old` must stand in the file exactly once, so that a defence that moved is noticed and not silently left in.
    """

    name: str
    path: str  # from the root of the checkout
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What one run of a drill is given."""

    folder: Path  # empty, gone afterwards
    environ: Mapping[str, str]  # without settings of a stack that the person at the keyboard may have
    seed: int
    short: bool  # the form that the tests run: the same faults, fewer and smaller
    say: Callable[[str], None]  # progress, for a person


@dataclass(frozen=True, slots=True)
class Drill:
    """A proof by fault: `run` injects, looks, and says what it saw; `mutations` are what it must notice the loss of."""

    name: str
    summary: str
    run: Callable[[Setting], Outcome]
    mutations: tuple[Mutation, ...]
