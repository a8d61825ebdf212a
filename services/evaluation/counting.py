"""Counts one batch of records into the store: each decision record and each outcome counts once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from protos.gen.adloom.events.v1 import impression_pb2, outcome_pb2
from services.common.clock import to_ms
from services.common.errors import Bug
from services.common.metrics import METRICS
from services.evaluation.outcome_tally import OutcomeTally
from services.evaluation.store import EvaluationStore
from services.runtime.fault_points import reached
from services.wire.codec.decode_or_dead_letter import DeadLetter, decode_or_dead_letter
from services.wire.codec.envelope import Envelope, RawRecord, Record, TopicPartition

APPLIED: Final = "applied"
DUPLICATE: Final = "duplicate"


def decode_all(raws: Iterable[RawRecord]) -> tuple[list[Envelope], list[Record]]:
    """The events in `raws`, and dead letters for records that are no valid event."""
    events: list[Envelope] = []
    letters: list[Record] = []
    for raw in raws:
        found = decode_or_dead_letter(raw)
        if isinstance(found, DeadLetter):
            letters.append(found.record)
            METRICS.dead_letters.labels(found.topic, found.reason).inc()
        else:
            events.append(found)
    return events, letters


def count(
    store: EvaluationStore,
    tallies: dict[int, OutcomeTally],
    events: Sequence[Envelope],
    positions: Mapping[TopicPartition, int],
) -> None:
    """Adds what is new in `events` to `tallies`, and writes sums, ids and `positions` in one transaction.

    Changes `tallies` in place: after an error they must not be used.
    """
    fates: Counter[tuple[str, str]] = Counter()
    reached("evaluation", "store.before")
    with store.transaction():
        for event in events:
            new = _count_one(store, tallies.setdefault(event.partition, OutcomeTally()), event)
            fates[event.topic, APPLIED if new else DUPLICATE] += 1
        reached("evaluation", "store.between")
        touched = {event.partition for event in events}
        store.save(positions, {partition: tallies[partition] for partition in touched})
    reached("evaluation", "store.after")
    for (topic, fate), number in fates.items():
        METRICS.events.labels(topic, fate).inc(number)


def _count_one(store: EvaluationStore, tally: OutcomeTally, event: Envelope) -> bool:
    """Adds the event to `tally`; whether it was new. Of two shoppers no ids are the same, whoever wrote the records."""
    message, at_ms = event.message, to_ms(event.appended_at)
    topic_partition = event.topic, event.partition
    if isinstance(message, impression_pb2.Impression):
        new = store.add_if_new(f"impression {message.user_id} {message.impression_id}", topic_partition, at_ms)
        tally.impressions += new
        return new
    if not isinstance(message, outcome_pb2.Outcome):
        raise Bug(f"evaluation read a {event.type}")
    name = f"{message.user_id} {message.outcome_id}"
    new = store.add_if_new(f"outcome {name}", topic_partition, at_ms)
    if new:
        tally.add_new(message)
    if message.window_closed and store.add_if_new(f"closed {name}", topic_partition, at_ms):
        tally.add_closed(message)
        return True
    return new
