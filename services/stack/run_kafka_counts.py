"""Counts a run from Kafka alone: offsets of topics, distinct dead letters, the newest report."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from protos.gen.adloom.events.v1 import outcome_pb2, policy_pb2
from services.common.errors import Bug, Unavailable
from services.common.topics import DEADLETTER, IMPRESSIONS, OUTCOMES, REPORTS
from services.policies.assignment import HOUSE
from services.stack.run_figures import EVENT_TOPICS, Counted, PolicyLine
from services.wire.decode import decode
from services.wire.kafka_reader import raw_record

_TOPICS: Final = (*EVENT_TOPICS, IMPRESSIONS, OUTCOMES, DEADLETTER)
_LOOK_S: Final = 0.25
_READ: Final = (OUTCOMES, DEADLETTER)  # besides the reports; of the others only the offsets are looked at
_ORIGIN: Final = ("adloom_topic", "adloom_partition", "adloom_offset")


class KafkaCounts:
    """A client of its own that looks four times a second; what was there at `start` does not count."""

    def __init__(self, bootstrap: str) -> None:
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
        self._origins: set[tuple[str, ...]] = set()
        self._closed: set[int] = set()  # hashes of outcome ids, which are long
        self._kept_out: Counter[str] = Counter()
        self._report = policy_pb2.Report()
        self._began: dict[TopicPartition, int] = {}
        self.failure: Unavailable | None = None
        self.counted = Counted()

    def start(self) -> None:
        """Begins to count from here."""
        self._began = self._consumer.end_offsets(self._partitions)
        reports = [TopicPartition(REPORTS, number) for number in self._consumer.partitions_for_topic(REPORTS) or ()]
        # kafka-python finds no offsets of partitions that are not assigned; those that nobody reads are paused.
        self._consumer.assign([*self._partitions, *reports])
        self._consumer.pause(*(partition for partition in self._partitions if partition.topic not in _READ))
        for partition, offset in self._began.items():
            self._consumer.seek(partition, offset)
        self._consumer.seek_to_beginning(*reports)
        self._thread.start()

    def check(self) -> None:
        """Raises what keeps it from counting."""
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
                self._read(record)
        ends = self._consumer.end_offsets(self._partitions)
        new: dict[str, int] = {}
        for partition, end in ends.items():
            new[partition.topic] = new.get(partition.topic, 0) + end - self._began[partition]
        self.counted = Counted(
            records=new,
            dead_letters=len(self._origins),
            closed=len(self._closed),
            kept_out=dict(self._kept_out),
            report_is_current=all(
                self._report.included_offsets[partition.partition] >= end
                for partition, end in ends.items()
                if partition.topic == OUTCOMES
            ),
            policies=policy_lines(self._report),
        )

    def _read(self, record: Any) -> None:
        if record.topic == DEADLETTER:
            headers = dict(record.headers)
            self._origins.add(tuple(headers[name].decode() for name in _ORIGIN))
            return
        message = decode(raw_record(record)).message
        if isinstance(message, policy_pb2.Report) and message.report_id == "live":
            self._report = message
        if isinstance(message, outcome_pb2.Outcome) and message.window_closed and message.kind != outcome_pb2.ORDERED:
            self._close(message)

    def _close(self, outcome: outcome_pb2.Outcome) -> None:
        """Counts an impression's outcome once; the topic may repeat it."""
        identity = hash(outcome.outcome_id)
        if identity in self._closed:
            return
        self._closed.add(identity)
        reason = outcome.invalid_traffic or (HOUSE if outcome.policy_id == HOUSE else "")
        if reason:
            self._kept_out[reason] += 1


def policy_lines(report: policy_pb2.Report) -> tuple[PolicyLine, ...]:
    """The report's click rates of our own traffic."""
    return tuple(
        PolicyLine(
            policy=figures.policy,
            impressions=figures.impressions,
            clicks=figures.clicks,
            ctr=figures.ctr if figures.HasField("ctr") else None,
            ctr_low=figures.ctr_low if figures.HasField("ctr_low") else None,
            ctr_high=figures.ctr_high if figures.HasField("ctr_high") else None,
        )
        for figures in report.policies
    )
