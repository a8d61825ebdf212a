"""Counts a run from Kafka alone: offsets of topics, distinct dead letters, the newest report."""

from __future__ import annotations

import threading
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.common.errors import Bug, Unavailable
from services.common.topics import DEADLETTER, IMPRESSIONS, OUTCOMES, REPORTS
from services.tools.demo.figures import EVENT_TOPICS, Counted
from services.tools.demo.tally import RunTally, policy_lines
from services.wire.kafka.reader import raw_record, read_whatever_is_logged

_TOPICS: Final = (*EVENT_TOPICS, IMPRESSIONS, OUTCOMES, DEADLETTER)
_LOOK_S: Final = 0.25
_READ: Final = (OUTCOMES, DEADLETTER)  # read besides the reports; of the other topics only offsets are used


class KafkaCounts:
    """Counts with a consumer of its own, four times a second; what Kafka held at `start` is not counted."""

    def __init__(self, bootstrap: str) -> None:
        read_whatever_is_logged()
        self._consumer: Any = KafkaConsumer(
            bootstrap_servers=bootstrap.split(","),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        self._partitions = [
            TopicPartition(topic, number)
            for topic in _TOPICS
            for number in sorted(self._consumer.partitions_for_topic(topic) or ())
        ]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._count, name="run-kafka-counts", daemon=True)
        self._tally = RunTally()
        self._began: dict[TopicPartition, int] = {}
        self.failure: Unavailable | None = None
        self.counted = Counted()

    def start(self) -> None:
        """Starts to count from the current ends of the topics."""
        self._began = self._consumer.end_offsets(self._partitions)
        reports = [TopicPartition(REPORTS, number) for number in self._consumer.partitions_for_topic(REPORTS) or ()]
        # kafka-python gives no offsets of partitions that are not assigned; those that are not read are paused.
        self._consumer.assign([*self._partitions, *reports])
        self._consumer.pause(*(partition for partition in self._partitions if partition.topic not in _READ))
        for partition, offset in self._began.items():
            self._consumer.seek(partition, offset)
        self._consumer.seek_to_beginning(*reports)
        self._thread.start()

    def check(self) -> None:
        """Raises the error that prevents counting, if there is one."""
        if self.failure is not None:
            raise self.failure
        if not self._thread.is_alive():
            raise Bug("the thread that counts a run has ended")

    def stop(self) -> None:
        """Ends the counting; `counted` stays as it was last."""
        self._stop.set()
        self._thread.join(timeout=10.0)
        self._consumer.close(autocommit=False)

    def _count(self) -> None:
        while not self._stop.wait(_LOOK_S):
            try:
                self._look()
                self.failure = None
            except KafkaError as error:
                self.failure = Unavailable("kafka", f"it cannot be counted ({error})")

    def _look(self) -> None:
        for records in self._consumer.poll(timeout_ms=0, max_records=5_000).values():
            for record in records:
                self._tally.take(raw_record(record))
        ends = self._consumer.end_offsets(self._partitions)
        new: dict[str, int] = {}
        for partition, end in ends.items():
            new[partition.topic] = new.get(partition.topic, 0) + end - self._began[partition]
        self.counted = Counted(
            records=new,
            dead_letters=self._tally.dead_letters,
            closed=self._tally.closed,
            excluded=dict(self._tally.excluded),
            unreadable=self._tally.unreadable,
            report_is_current=all(
                self._tally.report.included_offsets[partition.partition] >= end
                for partition, end in ends.items()
                if partition.topic == OUTCOMES
            ),
            policies=policy_lines(self._tally.report),
            comparisons=tuple(self._tally.report.comparisons),
        )
