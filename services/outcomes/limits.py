"""Limits the state of one shopper, so that it stays below the largest message that Kafka takes (1 MiB).

The limit is on the compressed bytes, because incompressible ids and messages fill a state with far fewer entries than
ordinary ones. No person reaches these limits; load generators and floods do. An entry beyond them is refused with the
reason `too_many`, or dropped before its day is over; a later click or order that names a dropped impression ends as
`unmatched`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from services.outcomes.state import ImpressionState, TokenEvent, UserState, pack

MAX_BYTES: Final = 800_000
"""The limit of a packed state, without marks, minutes and offsets. Those take less than 100 kB, or less than 3 MB for a
user who stays just below a burst in every minute of a day. The changelog takes 8 MiB."""

MAX_OPEN: Final = 10_000
"""The most impressions of one shopper with open windows; ordinary ones fit into `MAX_BYTES`, compressed."""

MAX_CLOSED: Final = 5_000
"""The most closed impressions that are kept, the newest; fewer where the state would exceed half of `MAX_BYTES`."""

MAX_CLICKS: Final = 5_000
"""The most clicks that are kept, and the most renders that wait for their impressions."""

MAX_ORDERS: Final = 2_000
"""The most orders that are kept."""

TOO_MANY: Final = "too_many"

_ENTRY_BYTES: Final = 96
"""The most bytes of an entry besides its name and its message: times, a value, an event's identity, framing."""


def with_room(state: UserState, name: str, message: bytes) -> UserState | None:
    """The state, with its bytes counted, if one more entry fits; None if it would be too many.

    Packing gives the exact size, but is slow. So the state is packed only where the uncompressed size of the entries
    added since the last measurement could exceed the limit.
    """
    more = len(name.encode()) + len(message) + _ENTRY_BYTES
    if state.bytes_at_most() + more > MAX_BYTES:
        state = measured(state)
    fits = state.bytes_at_most() + more <= MAX_BYTES
    return replace(state, added_bytes=state.added_bytes + more) if fits else None


def measured(state: UserState) -> UserState:
    """The state with its packed size measured."""
    return replace(state, packed_bytes=len(pack(state)), added_bytes=0) if state.added_bytes else state


def is_full(shown: Mapping[str, ImpressionState]) -> bool:
    """Whether one more open impression would be too many."""
    return len(shown) >= MAX_OPEN and sum(not s.closed for s in shown.values()) >= MAX_OPEN


def has_all_clicks(clicks: Mapping[str, TokenEvent]) -> bool:
    """Whether one more click would be too many."""
    return len(clicks) >= MAX_CLICKS


def has_all_orders(orders: Mapping[str, tuple[TokenEvent, ...]]) -> bool:
    """Whether one more order would be too many."""
    return sum(map(len, orders.values())) >= MAX_ORDERS


def trimmed(state: UserState) -> UserState:
    """The state with all open impressions and the newest of the closed ones, as many as fit."""
    state, keep = replace(state, shown=_newest(state.shown, MAX_CLOSED)), MAX_CLOSED
    if state.bytes_at_most() <= MAX_BYTES // 2:
        return state
    while (size := len(pack(state))) > MAX_BYTES // 2 and any(s.closed for s in state.shown.values()):
        keep = min(keep, sum(s.closed for s in state.shown.values())) // 2
        state = replace(state, shown=_newest(state.shown, keep))
    return replace(state, packed_bytes=size, added_bytes=0)


def _newest(shown: Mapping[str, ImpressionState], keep: int) -> dict[str, ImpressionState]:
    """All open impressions, and the newest `keep` of the closed ones."""
    closed = [key for key, s in shown.items() if s.closed]
    if len(closed) <= keep:
        return dict(shown)
    closed.sort(key=lambda key: shown[key].shown_ms)
    gone = set(closed[: len(closed) - keep])
    return {key: s for key, s in shown.items() if key not in gone}
