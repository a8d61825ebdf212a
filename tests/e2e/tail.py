"""Follows `ad.impressions` with a client of its own, so that a test can look a decision up by its id."""

from __future__ import annotations

import time
from types import TracebackType

from kafka import KafkaConsumer, TopicPartition

from protos.gen.adloom.events.v1.impression_pb2 import Impression


class Tail:
    """The decision records from now on, by impression id; the first of an id counts."""

    def __init__(self, kafka: str) -> None:
        self._consumer = KafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, group_id=None)
        partitions = [
            TopicPartition("ad.impressions", p) for p in self._consumer.partitions_for_topic("ad.impressions")
        ]
        self._consumer.assign(partitions)
        self._consumer.seek_to_end(*partitions)
        for partition in partitions:
            self._consumer.position(partition)
        self._seen: dict[str, Impression] = {}

    def decision(self, impression_id: str, within_s: float = 20) -> Impression:
        """The record of one decision; fails when it does not come."""
        until = time.monotonic() + within_s
        while impression_id not in self._seen:
            assert time.monotonic() < until, f"no decision record of {impression_id} within {within_s} s"
            for batch in self._consumer.poll(timeout_ms=100).values():
                for record in batch:
                    found = Impression.FromString(record.value)
                    self._seen.setdefault(found.impression_id, found)
        return self._seen[impression_id]

    def __enter__(self) -> Tail:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._consumer.close()
