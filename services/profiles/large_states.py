"""The last few large states as they were unpacked: who has thousands of events a day has the next one soon.

Nothing is taken from memory that the table does not say: a state counts only while the table's bytes are those that it
was packed to, so what a crash, a rebalance or a batch that came to nothing leaves behind is never used.
"""

from __future__ import annotations

from services.profiles.state import State, unpack
from services.wire.faust.states.compression import LARGE_BYTES

KEPT = 16
"""Shoppers; the largest state takes 20 MB unpacked."""


class LargeStates:
    """Unpacks states, and remembers the large ones."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[bytes, State]] = {}  # the one that was used last comes last

    def state_of(self, user: str, packed: bytes | None) -> State:
        """What `packed` holds; the caller may change it, and `keep` it then."""
        kept = self._kept.pop(user, None)
        return kept[1] if kept is not None and kept[0] == packed else unpack(packed)

    def keep(self, user: str, packed: bytes, state: State) -> None:
        """`state` is what `packed` holds, and is not going to be changed by anybody else."""
        if len(packed) < LARGE_BYTES:
            return
        self._kept[user] = (packed, state)
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
