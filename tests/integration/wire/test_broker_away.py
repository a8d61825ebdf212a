"""A producer outlives its broker's absence, however long that was, without being made anew by its owner."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import pytest

from protos.gen.adloom.events.v1 import events_pb2
from services.common.errors import Unavailable
from services.common.pseudonym import PseudonymKey
from services.tools.stack.session import RunningStack
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Delivery
from services.wire.kafka.producer import Producer, ProducerSettings
from tests.meanwhile import meanwhile

_TRIES_S = 1.0
_WITHIN_S = 90.0


def view() -> Record:
    user = PseudonymKey(1, b"test").pseudonym(uuid.uuid4().hex)
    message = events_pb2.View(user_id=user, product_id="shirt-1")
    return encode(message, event_id=uuid.uuid4().hex, source="t", time=datetime.now(UTC), key=user.encode())


# kafka-python forgets to close a socket that was connecting when the broker refused; the collector closes it, aloud.
pytestmark = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def forgotten_sockets() -> Iterator[None]:
    """Collects them within the test that they belong to."""
    yield
    gc.collect()


def keep_sending(producer: Producer, ending: threading.Event) -> None:
    """Records under way at every moment: some of them are tried when the broker leaves, and again until time is up."""
    while not ending.wait(0.02):
        with suppress(Unavailable):
            producer.send(view(), lambda delivery: None)


def delivered(producer: Producer) -> bool:
    """Whether the broker has a new record within a few seconds."""
    told: list[Delivery] = []
    try:
        producer.send(view(), told.append)
        producer.flush(5.0)
    except Unavailable:
        return False
    return [delivery.error for delivery in told] == [None]


def until_delivered(producer: Producer) -> None:
    until = time.monotonic() + _WITHIN_S
    while not delivered(producer):
        assert time.monotonic() < until, "nothing is delivered"
        time.sleep(0.2)


def test_records_are_delivered_again_after_a_broker_was_away_for_longer_than_a_record_is_tried(
    parts: RunningStack,
) -> None:
    producer = Producer(ProducerSettings(parts.kafka, delivery_s=_TRIES_S, block_s=0.5, connect_s=2.0))
    try:
        until_delivered(producer)
        with meanwhile(partial(keep_sending, producer)):
            parts.stop("kafka")
            time.sleep(2 * _TRIES_S)
            parts.start("kafka")
        until_delivered(producer)
    finally:
        producer.close(5.0)


def test_a_producer_lets_go_of_a_broker_that_is_silent(parts: RunningStack) -> None:
    producer = Producer(ProducerSettings(parts.kafka, delivery_s=30.0))
    told: list[Delivery] = []
    until_delivered(producer)
    pid = parts.status()["processes"]["kafka"]["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        producer.send(view(), told.append)
        producer.close(0.5)
    finally:
        os.kill(pid, signal.SIGCONT)
    until = time.monotonic() + _WITHIN_S
    while not told:
        assert time.monotonic() < until, "nothing was said about the record"
        time.sleep(0.05)
    assert [type(delivery.error) for delivery in told] == [Unavailable]
    with pytest.raises(Unavailable):
        producer.send(view())
