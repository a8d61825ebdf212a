"""Waits for conditions, always with a time limit and with an error that names the condition."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from services.common.errors import Unavailable

Seen = TypeVar("Seen")

WITHIN_S = 180.0  # a busy machine is slow, not wrong


def until(what: str, holds: Callable[[], Any], within_s: float = WITHIN_S, look_s: float = 0.05) -> float:
    """Waits until `holds()`, and returns the seconds; raises `Unavailable` that names what did not happen.

    A condition that raises `Unavailable`, because a part is away, does not hold yet.
    """
    began = time.monotonic()
    while True:
        why = ""
        try:
            if holds():
                return time.monotonic() - began
        except Unavailable as away:
            why = f"; {away}"
        if time.monotonic() - began > within_s:
            raise Unavailable("drill", f"it waited {within_s:.0f} s in vain for this: {what}{why}")
        time.sleep(look_s)


@dataclass(frozen=True, slots=True)
class Still(Generic[Seen]):
    """When to stop waiting: once `progress` has not changed for so many seconds."""

    progress: Callable[[Seen], Hashable]
    for_s: float


def seen_when(
    enough: Callable[[Seen], object],
    look: Callable[[], Seen],
    within_s: float,
    look_s: float = 0.25,
    still: Still[Seen] | None = None,
) -> Seen:
    """The result of `look` as soon as it is `enough`, or the last one when the time is over.

    The caller's promises then say what is missing. Waiting ends early where the result has been `still`. A look that
    raises `Unavailable` is repeated; the last one raises, because earlier results may no longer be true.
    """
    end = time.monotonic() + within_s
    moved_at = time.monotonic()
    seen = False
    come_to: Hashable = None
    while True:
        late = time.monotonic() > (min(end, moved_at + still.for_s) if seen and still else end)
        try:
            found = look()
        except Unavailable:
            if time.monotonic() > end:
                raise
            moved_at = time.monotonic()  # a part that is away is not still
        else:
            comes_to = still.progress(found) if still else None
            if not seen or comes_to != come_to:
                moved_at = time.monotonic()
            seen, come_to = True, comes_to
            if late or enough(found):
                return found
        time.sleep(look_s)


def answered(look: Callable[[], Seen], within_s: float = WITHIN_S) -> Seen:
    """The first result of `look`, which is repeated while it raises `Unavailable`: a busy machine may be slow.

    Raises `Unavailable` when the time is over.
    """
    return seen_when(lambda _: True, look, within_s)
