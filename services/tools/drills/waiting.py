"""Waiting for what others do: always with an end, and saying what did not come."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from services.common.errors import Unavailable

Seen = TypeVar("Seen")

WITHIN_S = 180.0  # a busy machine is slow, not wrong


def until(what: str, holds: Callable[[], Any], within_s: float = WITHIN_S, look_s: float = 0.05) -> float:
    """Seconds until `holds()` did; raises `Unavailable` that says what did not come.

    What cannot be looked at, because a part is away, does not hold yet.
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
    """When what is looked at has come to its end: its `progress` has been equal for so many seconds."""

    progress: Callable[[Seen], Hashable]
    for_s: float


def seen_when(
    enough: Callable[[Seen], object],
    look: Callable[[], Seen],
    within_s: float,
    look_s: float = 0.25,
    still: Still[Seen] | None = None,
) -> Seen:
    """What `look` saw as soon as it was `enough`, or at the end of the time: promises then say what it lacks.

    What has stood `still` is not waited for any longer. A look that raises `Unavailable` is made again; the last one
    raises it, for what was seen before it need not be so any more.
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
            moved_at = time.monotonic()  # who is away is not still
        else:
            comes_to = still.progress(found) if still else None
            if not seen or comes_to != come_to:
                moved_at = time.monotonic()
            seen, come_to = True, comes_to
            if late or enough(found):
                return found
        time.sleep(look_s)


def answered(look: Callable[[], Seen], within_s: float = WITHIN_S) -> Seen:
    """What `look` saw as soon as it could: a part may be slow to answer on a busy machine, and is asked again.

    Raises `Unavailable` where nothing was seen in time.
    """
    return seen_when(lambda _: True, look, within_s)
