"""What the journal still holds goes to Kafka once more, its oldest segment first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.common.errors import AdloomError, Rejected, Unavailable
from services.creative.outbox.journal import Journal
from services.creative.outbox.quarantine import Quarantine
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Delivery, Sink

_PROBE_S: Final = 2.0  # for the first record of a segment: whether Kafka is there at all
_FLUSH_S: Final = 10.0  # for the rest of it


def send_oldest(sink: Sink, journal: Journal, refused: Quarantine) -> None:
    """Sends what is left in the oldest segment, one record ahead of the others; then the segment is done with.

    What Kafka will never take is set aside. Raises `Unavailable` where it may take a record later: the segment stays,
    and is sent again whole, which is harmless because a record keeps its event id.
    """
    with journal.oldest() as records:
        never = _sent(sink, records[:1], _PROBE_S)
        never += _sent(sink, records[1:], _FLUSH_S)
        for record, why in never:  # only now: of a segment that is sent again all would be refused again
            refused.set_aside(record, why)


def _sent(sink: Sink, records: Sequence[Record], within_s: float) -> list[tuple[Record, AdloomError]]:
    """Sends the records and returns those that Kafka will never take; `Unavailable` where it may take one later."""
    failed: list[tuple[Record, AdloomError]] = []

    def note(delivery: Delivery) -> None:
        if delivery.error is not None:
            failed.append((delivery.record, delivery.error))

    for record in records:
        try:
            sink.send(record, note)
        except Rejected as never:
            failed.append((record, never))
    sink.flush(within_s)
    later = [error for _, error in failed if isinstance(error, Unavailable)]
    if later:
        raise Unavailable("kafka", f"{len(later)} records of the journal, first: {later[0]}")
    return failed
