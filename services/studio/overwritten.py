"""Notices creatives that were overwritten: somebody changed one in the moment in which it got its vector; pure.

The later message on `ad.creatives` counts whole. So where a person pauses an ad between our reading it and our writing
it, our message would take the pause back. All read the messages of a creative in one order: what comes after the one
that we started from and before our own is what we have overwritten, and it is written again.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from services.assets.creative import Creative
from services.assets.creative_messages import DatedCreative, creative_of


@dataclass(slots=True)
class _Written:
    """What is being written, until it is read."""

    base: Creative  # that it was made of
    ours: Creative
    between: Creative | None = None  # the last that was read since; None: it is gone
    is_overwritten: bool = False


class Overwritten:
    """One thread writes, another one reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written: dict[str, _Written] = {}
        self._found: dict[str, Creative | None] = {}

    def writes(self, base: Creative, ours: Creative) -> None:
        """Before `ours` is written; look again afterwards, and before writing, whether `base` still holds."""
        with self._lock:
            self._written[base.creative_id] = _Written(base, ours)

    def leaves(self, creative_id: str) -> None:
        """It is not written after all."""
        with self._lock:
            self._written.pop(creative_id, None)

    def read(self, dated: DatedCreative) -> None:
        """A message of the topic, in the topic's order; after it was applied to the table that bases are taken from."""
        creative_id = dated.creative_id
        if creative_id not in self._written:
            return
        creative = None if dated.message is None else creative_of(dated.message)
        with self._lock:
            one = self._written.get(creative_id)
            if one is None or (creative == one.base and not one.is_overwritten):
                return
            if creative != one.ours:
                one.between, one.is_overwritten = creative, True
                return
            del self._written[creative_id]
            if one.is_overwritten:
                self._found[creative_id] = one.between

    def take(self) -> dict[str, Creative | None]:
        """What is to be written again, as it was before it was overwritten; None: it is to be removed again."""
        with self._lock:
            found, self._found = self._found, {}
            return found
