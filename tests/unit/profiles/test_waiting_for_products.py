"""The worker starts when it has read all products, and leaves quietly while it cannot."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from services.catalogue.kafka_facts import KafkaFacts
from services.profiles.main import is_whole
from services.runtime.health import Readiness


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_worker_that_waits_for_products_leaves_when_it_is_asked_to() -> None:
    readiness = Readiness()
    threading.Timer(0.2, signal.raise_signal, (signal.SIGTERM,)).start()
    assert not is_whole(KafkaFacts("127.0.0.1:9"), readiness)
    assert "products" in readiness.waits()


def test_a_worker_with_all_products_waits_no_longer() -> None:
    facts, readiness = KafkaFacts("127.0.0.1:9"), Readiness()
    for follower in facts.followers:
        follower.caught_up.set()
    assert is_whole(facts, readiness)
    assert "products" not in readiness.waits()
