"""Sends the records that the journal still holds to Kafka again, the oldest segment first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from services.common.errors import AdloomError, Rejected, Unavailable
from services.creative.outbox.journal import Journal
from services.creative.outbox.quarantine import Quarantine
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Delivery, Sink

_PROBE_S: Final = 2.0  # for the first record of a segment, which tests whether Kafka is reachable
_FLUSH_S: Final = 10.0  # for the remaining records of the segment


def send_oldest(sink: Sink, journal: Journal, refused: Quarantine) -> None:
    """Sends the remaining records of the oldest segment, the first one alone as a probe, and acknowledges them.

    Records that Kafka will never accept go to quarantine. Raises `Unavailable` if Kafka may accept a record later: the
    segment then stays and is sent again whole, which is harmless because a record keeps its event id.
    """
    with journal.oldest() as records:
        never = _sent(sink, records[:1], _PROBE_S)
        never += _sent(sink, records[1:], _FLUSH_S)
        for record, why in never:  # only after the whole segment succeeded: a resend would set them aside twice
            refused.set_aside(record, why)


def _sent(sink: Sink, records: Sequence[Record], within_s: float) -> list[tuple[Record, AdloomError]]:
    """Sends the records and returns those that Kafka will never accept; `Unavailable` if it may accept one later."""
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
