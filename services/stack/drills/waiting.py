"""Waiting for what others do: always with an end, and saying what did not come."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, TypeVar

from services.common.errors import Unavailable

Seen = TypeVar("Seen")

WITHIN_S = 180.0  # a busy machine is slow, not wrong


def until(what: str, holds: Callable[[], Any], within_s: float = WITHIN_S, look_s: float = 0.05) -> float:
    """Seconds until `holds()` did; raises `Unavailable` that says what did not come."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > within_s:
            raise Unavailable("drill", f"{what}: not within {within_s:.0f} s")
        time.sleep(look_s)
    return time.monotonic() - began


def seen_when(
    enough: Callable[[Seen], object],
    look: Callable[[], Seen],
    within_s: float,
    look_s: float = 0.25,
    still_s: float = math.inf,
) -> Seen:
    """What `look` saw as soon as it was `enough`, or last within the time: promises then say what it lacks.

    Where looks have been equal for `still_s`, nothing more is waited for. A look that raises `Unavailable` is made
    again; it raises where no look saw anything in time.
    """
    end = time.monotonic() + within_s
    moved_at = time.monotonic()
    seen: list[Seen] = []
    while True:
        late = time.monotonic() > (min(end, moved_at + still_s) if seen else end)
        try:
            found = look()
            if [found] != seen:
                moved_at = time.monotonic()
            seen = [found]
        except Unavailable:
            if late and not seen:
                raise
            moved_at = time.monotonic()  # who is away is not still
        if seen and (late or enough(seen[0])):
            return seen[0]
        time.sleep(look_s)
