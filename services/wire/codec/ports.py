"""What rooms need from whatever carries their messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from services.common.errors import AdloomError
from services.wire.codec.envelope import Record


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one record."""

    record: Record
    partition: int = -1
    offset: int = -1
    error: AdloomError | None = None  # Unavailable: may be sent again; Rejected: will never be taken


OnDelivery = Callable[[Delivery], None]


class Sink(Protocol):
    """Takes records and says what became of each."""

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """Hands `record` over; returns before it is delivered.

        `on_delivery` is called once, from another thread, when every replica has the record or it has failed. Without
        it a failure is raised by the next `flush`. May block while too much is under way; then raises `Unavailable`.
        Raises `Rejected` for a record that is too large.
        """
        ...

    def flush(self, timeout_s: float) -> None:
        """Blocks until all records sent before are delivered; raises `Unavailable` if one was not, or time ran out."""
        ...
