"""What a stack has said in the end, read from its topics; and whether its workers have read all that there is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from protos.gen.adloom.events.v1 import outcome_pb2
from services.common.topics import DEADLETTER, OUTCOMES, PARTITIONS
from services.stack.drills.oracle import Place
from services.stack.drills.plain import fields_of, plain
from services.wire.envelope import RawRecord
from services.wire.kafka_reader import read_to_end

LEVEL_WITHIN_S = 120.0
_LOOK_S = 0.25


def events_of(kafka: str, topics: Iterable[str]) -> list[dict[str, Any]]:
    """Every message of these topics, as the oracle wants it."""
    return [plain(raw) for topic in topics for raw in read_to_end(kafka, topic)]


@dataclass(slots=True)
class Said:
    """Outcomes as they stand on their topic."""

    closed: dict[str, dict[str, Any]] = field(default_factory=dict)  # by id, with the window closed
    early: dict[str, str] = field(default_factory=dict)  # kind, by id, of those that were said before the close
    messages: int = 0
    contradictions: list[str] = field(default_factory=list)  # ids that were said in two ways


def outcomes_said(kafka: str) -> Said:
    """All outcomes; whatever is repeated must repeat itself word by word."""
    said = Said()
    for raw in read_to_end(kafka, OUTCOMES):
        row = fields_of(outcome_pb2.Outcome.FromString(raw.value or b""))
        said.messages += 1
        if row["window_closed"]:
            if said.closed.setdefault(row["outcome_id"], row) != row:
                said.contradictions.append(row["outcome_id"])
        elif said.early.setdefault(row["outcome_id"], row["kind"]) != row["kind"]:
            said.contradictions.append(row["outcome_id"])
    return said


def letters_said(kafka: str) -> tuple[dict[Place, str], list[RawRecord]]:
    """The reason of each dead letter by its origin (several, joined, where they differ), and the letters."""
    reasons: dict[Place, set[str]] = {}
    letters = list(read_to_end(kafka, DEADLETTER))
    for raw in letters:
        headers = {name: (value or b"").decode("utf-8", "replace") for name, value in raw.headers}
        origin = headers["adloom_topic"], int(headers["adloom_partition"]), int(headers["adloom_offset"])
        reasons.setdefault(origin, set()).add(headers["adloom_reason"])
    return {origin: "+".join(sorted(found)) for origin, found in reasons.items()}, letters


def unread(kafka: str, group: str, topics: Sequence[str]) -> int:
    """How many messages of these topics the group has not committed."""
    consumer = KafkaConsumer(bootstrap_servers=kafka, group_id=group, enable_auto_commit=False)
    try:
        places = [TopicPartition(topic, partition) for topic in topics for partition in range(PARTITIONS)]
        ends = consumer.end_offsets(places)
        return sum(end - (consumer.committed(place) or 0) for place, end in ends.items())
    finally:
        consumer.close(autocommit=False)


def until(holds: Callable[[], bool], within_s: float = LEVEL_WITHIN_S) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK_S)
    return True
