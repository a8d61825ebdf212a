"""The state of one shopper: one packed value, always written whole (law 4).

An entry is dropped once no message that can still be read may name it. That is after a day, because tokens live for a
day and older copies of an event are refused as `too_old`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgpack

from services.common.errors import Bug
from services.outcomes import burst_detection, earlier_rows
from services.wire.faust.states.compression import squeezed, unsqueezed

VERSION: Final = 5
_WITHOUT_RENDERS: Final = 4  # kept neither renders nor consent
_WITHOUT_CURRENCY: Final = 3  # kept no currency of an order's value
_COUNTING: Final = 2  # kept the number of events of each minute, not their ids
_FIRST: Final = 1  # kept no events by minute
_PARTS: Final = 9  # of a packed state, its version included


@dataclass(frozen=True, slots=True)
class ImpressionState:
    """An impression whose record was read; the first record of an id counts."""

    shown_ms: int  # its LogAppendTime: when it was served
    until_ms: int  # forgotten once the watermark has reached this
    closed: bool  # its attribution window
    invalid_traffic: str  # decided when the window closed
    template: bytes  # the Outcome, serialized, without the fields that settling sets
    rendered: bool = False  # within its window


@dataclass(frozen=True, slots=True)
class TokenEvent:
    """A click, an order, or a render that waits, which came with a token that counts."""

    event: bytes  # identity of the event, 16 bytes
    at_ms: int  # its LogAppendTime
    until_ms: int  # forgotten once the watermark has reached this
    bot: bool  # a declared bot sent it
    value_minor: int  # of an order; 0 for clicks
    raw: bytes  # the message, packed, while its impression has not been read; then empty
    currency: str = ""  # of `value_minor`; empty where the order had none, or an earlier release dropped it
    no_profile: bool = False  # the shopper allows no profile


@dataclass(frozen=True, slots=True)
class UserState:
    """Everything that is kept of one shopper."""

    offsets: Mapping[str, int] = field(default_factory=dict)  # last applied, by "topic/partition"
    shown: Mapping[str, ImpressionState] = field(default_factory=dict)  # by impression id
    clicks: Mapping[str, TokenEvent] = field(default_factory=dict)  # by impression id, or by the key of a waiting click
    orders: Mapping[str, tuple[TokenEvent, ...]] = field(default_factory=dict)  # likewise (`naming.py` makes the keys)
    bot_ms: Mapping[int, int] = field(default_factory=dict)  # by hour: first event of a declared bot in it
    burst_ms: Mapping[int, int] = field(default_factory=dict)  # by hour: first event beyond a minute's limit
    minutes: burst_detection.Minutes = field(default_factory=dict)  # events by topic and minute
    renders: Mapping[str, TokenEvent] = field(default_factory=dict)  # that wait for their impression, by its key
    packed_bytes: int = field(default=0, compare=False)  # at the last measurement
    added_bytes: int = field(default=0, compare=False)  # upper bound, since then

    def is_empty(self) -> bool:
        """Whether the state holds nothing but offsets."""
        events = self.clicks or self.orders or self.renders
        return not (self.shown or events or self.bot_ms or self.burst_ms or self.minutes)

    def bytes_at_most(self) -> int:
        """An upper bound of the packed size."""
        return self.packed_bytes + self.added_bytes

    def named_by(self, event: bytes, is_order: bool) -> str | None:
        """The impression that this event has already named, or None for an event that is new.

        Shops number clicks and orders separately: a click and an order may have the same id.
        """
        if is_order:
            found = (name for name, orders in self.orders.items() if any(order.event == event for order in orders))
        else:
            found = (name for name, click in self.clicks.items() if click.event == event)
        return next(found, None)

    def applied(self, topic: str, partition: int, offset: int) -> bool:
        """Whether the message at this position has been applied before."""
        return offset <= self.offsets.get(f"{topic}/{partition}", -1)

    def after(self, topic: str, partition: int, offset: int) -> UserState:
        """The state with this position as the last applied one."""
        position = f"{topic}/{partition}"
        if offset <= self.offsets.get(position, -1):
            return self
        return replace(self, offsets={**self.offsets, position: offset})


EMPTY: Final = UserState()


def pack(state: UserState) -> bytes:
    """The state in bytes; `unpack` gives it back."""
    rows = (
        VERSION,
        dict(state.offsets),
        {key: _impression_row(shown) for key, shown in state.shown.items()},
        {key: _token_event_row(click) for key, click in state.clicks.items()},
        {key: [_token_event_row(order) for order in orders] for key, orders in state.orders.items()},
        dict(state.bot_ms),
        dict(state.burst_ms),
        {topic: dict(minutes) for topic, minutes in state.minutes.items()},
        {key: _token_event_row(render) for key, render in state.renders.items()},
    )
    packed: bytes = msgpack.packb(rows)
    return squeezed(packed)


def unpack(data: bytes) -> UserState:
    """The state that `pack` wrote, in this or an earlier version; raises `Bug` for any other version.

    >>> unpack(pack(EMPTY)) == EMPTY
    True
    """
    rows: Any = msgpack.unpackb(unsqueezed(data), strict_map_key=False)
    if rows[0] not in (_FIRST, _COUNTING, _WITHOUT_CURRENCY, _WITHOUT_RENDERS, VERSION):
        raise Bug(f"outcome state of version {rows[0]} where {VERSION} was expected")
    parts: list[Any] = rows + [{}] * (_PARTS - len(rows))  # empty: what earlier versions did not keep
    _, offsets, shown, clicks, orders, bot_ms, burst_ms, minutes, renders = parts
    return UserState(
        offsets,
        {key: ImpressionState(*row) for key, row in shown.items()},
        {key: TokenEvent(*row) for key, row in earlier_rows.clicks_of(clicks).items()},
        {key: tuple(TokenEvent(*row) for row in group) for key, group in earlier_rows.orders_of(orders).items()},
        bot_ms,
        burst_ms,
        minutes if rows[0] >= _WITHOUT_CURRENCY else burst_detection.of_earlier_versions(minutes),
        {key: TokenEvent(*row) for key, row in renders.items()},
        packed_bytes=len(data),
    )


def _impression_row(s: ImpressionState) -> tuple[int, int, bool, str, bytes, bool]:
    return s.shown_ms, s.until_ms, s.closed, s.invalid_traffic, s.template, s.rendered


def _token_event_row(u: TokenEvent) -> tuple[bytes, int, int, bool, int, bytes, str, bool]:
    return u.event, u.at_ms, u.until_ms, u.bot, u.value_minor, u.raw, u.currency, u.no_profile
