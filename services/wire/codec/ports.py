"""The port through which processes send records: `Sink` and the report of a `Delivery`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from services.common.errors import AdloomError
from services.wire.codec.envelope import Record


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of sending one record: its position, or the error."""

    record: Record
    partition: int = -1
    offset: int = -1
    appended_ms: int = -1  # LogAppendTime
    error: AdloomError | None = None  # Unavailable: may be sent again; Rejected: never accepted


OnDelivery = Callable[[Delivery], None]


class Sink(Protocol):
    """Sends records and reports the delivery of each."""

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """Queues `record`; returns before it is delivered.

        `on_delivery` is called once, from another thread, when every replica has the record or delivery has failed.
        Without it the next `flush` raises the failure. May block while too much is in flight, then raises
        `Unavailable`. Raises `Rejected` for a record that is too large.
        """
        ...

    def flush(self, timeout_s: float) -> None:
        """Blocks until all records sent before are delivered; raises `Unavailable` if one failed or time ran out."""
        ...
