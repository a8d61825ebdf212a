"""Caches the most recent large states unpacked: a shopper with thousands of events a day soon sends the next one.

A cached state is used only if the table's bytes equal those that it was packed to. So a state that a rebalance or an
abandoned batch leaves in the cache is never used.
"""

from __future__ import annotations

from services.profiles.state import State, unpack
from services.wire.faust.states.compression import LARGE_BYTES

KEPT = 16
"""The most shoppers in the cache; the largest state takes 20 MB unpacked."""


class LargeStates:
    """Unpacks states, and caches the large ones."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[bytes, State]] = {}  # in order of use, the latest last

    def state_of(self, user: str, packed: bytes | None) -> State:
        """The state in `packed`; the caller may change it and pass it to `keep`."""
        kept = self._kept.pop(user, None)
        return kept[1] if kept is not None and kept[0] == packed else unpack(packed)

    def keep(self, user: str, packed: bytes, state: State) -> None:
        """Caches `state`, which `packed` encodes; no other code may change it after this."""
        if len(packed) < LARGE_BYTES:
            return
        self._kept[user] = (packed, state)
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
