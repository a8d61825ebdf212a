"""Formats that placements ask for and nobody makes: which of them the studio makes, and for how long; pure.

Whoever may ask for an ad may ask for any size, a stranger on a page as well. So a size counts only once it was asked
for again and again, of the sizes that can be drawn only a few are made, the first ones first, and their ads come last
in every budget. One that nobody asks for any more leaves its place to another.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Final

from services.composer.formats import is_drawn

ENOUGH: Final = 20
"""Decisions without an ad that a format takes; the tail that is read is a sample of all (`follow_asked.py`)."""

KEPT_MS: Final = 7 * 24 * 3_600_000
"""For so long the ads of a format outlive the last request for it."""

_DAY_MS: Final = 24 * 3_600_000
"""So long after the last request, a format that is not made is forgotten."""

_MOST_KNOWN: Final = 64
"""Formats that are counted: a stranger who asks for thousands takes no more memory."""


class AskedFormats:
    """One thread tells what was asked for, another one follows."""

    def __init__(self, most: int, own: Iterable[str] = ()) -> None:
        """At most so many are made, besides the shop's own."""
        self._most, self._own = most, frozenset(own)
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[int, int]] = {}  # of others, how often and when last; the oldest ones first
        self._made: dict[str, int] = {}  # when it was asked for last

    def begin_with(self, formats: Iterable[str], now_ms: int) -> None:
        """These were made before the process began, because placements asked for them."""
        with self._lock:
            self._made = dict.fromkeys(sorted(formats)[: self._most], now_ms)

    def see(self, format_: str, *, lacked: bool, now_ms: int) -> None:
        """It was asked for; `lacked` says that there was no ad in it."""
        with self._lock:
            if format_ in self._made:
                self._made[format_] = now_ms
            elif lacked and self._most and format_ not in self._own and is_drawn(format_):
                count, last_ms = self._seen.pop(format_, (0, now_ms))
                self._seen[format_] = (1 if now_ms - last_ms > _DAY_MS else count + 1), now_ms
                if len(self._seen) > _MOST_KNOWN:
                    del self._seen[next(iter(self._seen))]

    def follow(self, now_ms: int) -> bool:
        """Whether others are made than at the last call."""
        with self._lock:
            before = list(self._made)
            self._made = {name: at for name, at in self._made.items() if now_ms - at <= KEPT_MS}
            wanted = [name for name, (count, _) in self._seen.items() if count >= ENOUGH]
            for name in wanted[: max(self._most - len(self._made), 0)]:
                self._made[name] = self._seen.pop(name)[1]
            return list(self._made) != before

    def made(self) -> tuple[str, ...]:
        """Those that are made."""
        with self._lock:
            return tuple(self._made)

    def left_out(self) -> tuple[str, ...]:
        """Those that are asked for as often, and for which there is no place."""
        with self._lock:
            return tuple(name for name, (count, _) in self._seen.items() if count >= ENOUGH)
