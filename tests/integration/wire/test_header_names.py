"""A header whose name is no text, on a real broker: it stops none of our readers, and nothing behind it is lost."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import pytest
from kafka import KafkaProducer

from protos.gen.adloom.events.v1 import outcome_pb2
from protos.gen.adloom.events.v1.events_pb2 import View
from services.common.clock import SystemClock
from services.common.topics import CLICKS, DEADLETTER, IMPRESSIONS, ORDERS, OUTCOMES, VIEWS
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from services.wire.codec.deadletter import Origin, read_origin
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.kafka.reader import read_to_end
from tests.conftest import stack_environ

_WITHIN_S = 90
_USER = "u1-" + "7" * 32
_COPIES = 3
RecordPosition = tuple[str, int, int]


class Bytes(str):
    """A header's name as a client writes it that does not care for UTF-8."""

    def encode(self, *_: str) -> bytes:
        return b"\xff\xfe"


@pytest.fixture
def own(state_dir: StateDir) -> Iterator[RunningStack]:
    """The readers of every topic, on a broker of their own: other tests' plain clients would stop at such messages."""
    with tied_stack(state_dir, stack_environ(), only=("profiles", "outcomes", "evaluation")) as running:
        yield running


def good(topic: str, number: int) -> Record:
    """A message that each reader counts or refuses by itself: what matters is that it is reached."""
    event_id, now = f"{uuid.uuid4()}-{number}", SystemClock().now()
    if topic == OUTCOMES:
        outcome = outcome_pb2.Outcome(outcome_id=f"i-{number}:click", impression_id=f"i-{number}", user_id=_USER)
        outcome.kind = outcome_pb2.IGNORED
        return encode(outcome, event_id=event_id, source="test", time=now, key=_USER.encode())
    view = View(user_id=_USER, product_id="tee-breton")
    return encode(view, event_id=event_id, source="test", time=now, key=_USER.encode())


def letters(running: RunningStack) -> dict[RecordPosition, Origin]:
    """The dead letters so far, by where they came from."""
    found = [read_origin(raw) for raw in read_to_end(running.kafka, DEADLETTER)]
    return {(origin.topic, origin.partition, origin.offset): origin for origin in found}


def test_each_becomes_an_undecodable_dead_letter_and_what_lies_behind_it_is_read(own: RunningStack) -> None:
    odd: set[RecordPosition] = set()
    behind: set[RecordPosition] = set()
    producer = KafkaProducer(bootstrap_servers=own.kafka, linger_ms=50)
    for topic in (VIEWS, CLICKS, ORDERS, IMPRESSIONS, OUTCOMES):
        for number in range(_COPIES):
            record = good(topic, number)
            headers = list(record.headers)
            sent = producer.send(topic, record.value, _USER.encode(), [*headers, (Bytes("odd"), b"value")])
            wrong = producer.send(topic, b"\xff", _USER.encode(), [(name, v) for name, v in headers if name != "ce_id"])
            for future, places in ((sent, odd), (wrong, behind)):
                meta = future.get(timeout=20)
                places.add((meta.topic, meta.partition, meta.offset))
    until = time.monotonic() + _WITHIN_S
    while not odd | behind <= letters(own).keys() and time.monotonic() < until:
        time.sleep(0.5)
    found = letters(own)
    assert {found[place].reason for place in odd} == {"undecodable"}
    assert behind <= found.keys(), "what lies behind it was not read"
    assert all(process["restarts"] == 0 for process in own.status()["processes"].values())
    producer.close()
