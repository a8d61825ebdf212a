"""Counts the clicks of campaigns: one replica reads `ad.outcomes` for all and adds them to the counters in Redis.

A click counts where it settled its impression as CLICKED. The outcome's id is what is added, so outcomes that are read
again change nothing, and it does not matter if two replicas read at the same time. How far was read stands in Redis
beside the counts; where it does not, reading begins at the oldest begin of a campaign.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from protos.gen.adloom.events.v1.outcome_pb2 import CLICKED, Outcome
from services.assets.campaigns.spending.redis_counters import RedisCounters
from services.assets.campaigns.terms import Terms
from services.common.errors import Unavailable
from services.common.topics import OUTCOMES
from services.runtime.rounds import Rounds
from services.wire.codec.decode_or_dead_letter import DeadLetter, decode_or_dead_letter
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.reader import raw_record, read_whatever_is_logged

_POLL_MS: Final = 200
_LEAD_MS: Final = 5_000  # after so long without a word of the reader another replica takes over
_AGAIN_S: Final = 0.2  # to take over, or to go on after a fault: clicks wait meanwhile


class KafkaClicks(Rounds):
    """Reads clicks while this replica is the one that does."""

    def __init__(self, bootstrap: str, campaigns: Callable[[], Sequence[Terms]], counters: RedisCounters) -> None:
        super().__init__(
            "campaign-clicks", self._read_if_leader, _AGAIN_S, "Clicks of campaigns wait", (KafkaError, Unavailable)
        )
        self._bootstrap = bootstrap
        self._campaigns = campaigns
        self._counters = counters
        self._name = secrets.token_hex(8)

    def _read_if_leader(self) -> None:
        if self._campaigns() and self._counters.lead(self._name, _LEAD_MS):
            self._read()

    def _read(self) -> None:
        """Reads while this replica is the reader and there are campaigns."""
        read_whatever_is_logged()
        consumer = KafkaConsumer(
            bootstrap_servers=self._bootstrap.split(","),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            metrics_enabled=False,
        )
        try:
            self._assign(consumer)
            while not self.ending.is_set() and self._counters.lead(self._name, _LEAD_MS):
                batches = consumer.poll(timeout_ms=_POLL_MS)
                raws = [raw_record(record) for records in batches.values() for record in records]
                read = {partition.partition: records[-1].offset + 1 for partition, records in batches.items()}
                if read:
                    self._counters.add_clicks(clicks_in(raws, self._campaigns()), read)
        finally:
            consumer.close()

    def _assign(self, consumer: Any) -> None:
        partitions = [TopicPartition(OUTCOMES, number) for number in consumer.partitions_for_topic(OUTCOMES) or ()]
        consumer.assign(partitions)
        read, ends = self._counters.clicks_read(), consumer.end_offsets(partitions)
        since_ms = min((terms.begins_ms for terms in self._campaigns()), default=0)
        begun = consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
        for partition in partitions:
            first = begun[partition].offset if begun.get(partition) else ends[partition]
            left = read.get(partition.partition, first)
            consumer.seek(partition, left if left <= ends[partition] else first)  # beyond: the topic was made again


def clicks_in(raws: Iterable[RawRecord], campaigns: Sequence[Terms]) -> dict[str, set[bytes]]:
    """The clicks of each campaign since its begin, by counter, each by 8 bytes of its identity."""
    by_name = {terms.campaign_id: terms for terms in campaigns}
    found: dict[str, set[bytes]] = {}
    for raw in raws:
        outcome = _outcome(raw)
        terms = None if outcome is None else by_name.get(outcome.campaign_id)
        if outcome is None or terms is None or outcome.shown_at.ToMilliseconds() < terms.begins_ms:
            continue
        if outcome.kind == CLICKED:
            identity = hashlib.sha256(outcome.outcome_id.encode()).digest()[:8]
            found.setdefault(terms.counter, set()).add(identity)
    return found


def _outcome(raw: RawRecord) -> Outcome | None:
    found = decode_or_dead_letter(raw)
    return None if isinstance(found, DeadLetter) or not isinstance(found.message, Outcome) else found.message
