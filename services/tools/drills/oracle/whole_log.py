"""Reads a stack's inputs, outcomes and dead letters from its topics, and the lag of its workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from protos.gen.adloom.events.v1 import outcome_pb2
from services.common.errors import Unavailable
from services.common.topics import CLICKS, DEADLETTER, IMPRESSIONS, ORDERS, OUTCOMES, PARTITIONS, RENDERS, VIEWS
from services.tools.drills.oracle.oracle import RecordPosition
from services.tools.drills.oracle.plain import fields_of, plain
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.reach import require_listener
from services.wire.kafka.reader import read_to_end

INPUTS = (VIEWS, CLICKS, ORDERS, IMPRESSIONS, RENDERS)
READ_BY = {"profiles": (VIEWS, CLICKS, ORDERS), "outcomes": (IMPRESSIONS, CLICKS, ORDERS, RENDERS)}
"""The inputs of each worker."""


def read_log(kafka: str) -> list[RawRecord]:
    """Every record of the inputs, each partition in order; raises `Unavailable`."""
    return [raw for topic in INPUTS for raw in read_to_end(kafka, topic)]


def events_of(kafka: str) -> list[dict[str, Any]]:
    """Every message of the inputs as an event of the oracle; raises `Unavailable`."""
    return [plain(raw) for raw in read_log(kafka)]


@dataclass(slots=True)
class OutcomeMessages:
    """The outcomes on their topic."""

    closed: dict[str, dict[str, Any]] = field(default_factory=dict)  # by id, with the window closed
    early: dict[str, str] = field(default_factory=dict)  # kind, by id, of messages from before the window closed
    messages: int = 0
    contradictions: list[str] = field(default_factory=list)  # ids with messages that contradict each other


def read_outcomes(kafka: str) -> OutcomeMessages:
    """All outcomes; a repeated outcome must be the same in every field."""
    found = OutcomeMessages()
    for raw in read_to_end(kafka, OUTCOMES):
        row = fields_of(outcome_pb2.Outcome.FromString(raw.value or b""))
        found.messages += 1
        if row["window_closed"]:
            if found.closed.setdefault(row["outcome_id"], row) != row:
                found.contradictions.append(row["outcome_id"])
        elif found.early.setdefault(row["outcome_id"], row["kind"]) != row["kind"]:
            found.contradictions.append(row["outcome_id"])
    return found


def read_dead_letters(kafka: str) -> tuple[dict[RecordPosition, str], list[RawRecord]]:
    """The reason of each dead letter by its origin (several, joined, where they differ), and the letters."""
    reasons: dict[RecordPosition, set[str]] = {}
    letters = list(read_to_end(kafka, DEADLETTER))
    for raw in letters:
        headers = {name: (value or b"").decode("utf-8", "replace") for name, value in raw.headers}
        origin = headers["adloom_topic"], int(headers["adloom_partition"]), int(headers["adloom_offset"])
        reasons.setdefault(origin, set()).add(headers["adloom_reason"])
    return {origin: "+".join(sorted(found)) for origin, found in reasons.items()}, letters


def unread(kafka: str, service: str, timeout_s: float = 10.0) -> int:
    """How many messages of its inputs the worker has not committed; raises `Unavailable`."""
    require_listener(kafka, timeout_s)
    try:
        consumer = KafkaConsumer(bootstrap_servers=kafka, group_id=f"adloom-{service}", enable_auto_commit=False)
    except KafkaError as exc:
        raise Unavailable("kafka", f"no broker answered at {kafka} ({exc})") from exc
    try:
        inputs = [TopicPartition(topic, number) for topic in READ_BY[service] for number in range(PARTITIONS)]
        ends = consumer.end_offsets(inputs)
        return sum(end - (consumer.committed(partition) or 0) for partition, end in ends.items())
    except KafkaError as exc:
        raise Unavailable("kafka", f"the offsets of {service} could not be read ({exc})") from exc
    finally:
        consumer.close(autocommit=False)
