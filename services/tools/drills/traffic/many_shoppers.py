"""Many shoppers with a few views each, to fill the states that a recovery must restore."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from protos.gen.adloom.events.v1 import events_pb2 as events
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.kafka.producer import Producer, ProducerSettings

PRODUCTS = ("boot-chelsea", "a product that nobody sells")


def shoppers(count: int) -> list[str]:
    """The pseudonyms of `count` shoppers."""
    return [f"u1-{number:032x}" for number in range(count)]


def views(users: Iterable[str], name: str, now: datetime) -> Iterator[Record]:
    """One view of each user; the same `name` and `now` make the same events again."""
    for number, user in enumerate(users):
        happened = now - timedelta(milliseconds=number % 3_600_000)
        message = events.View(user_id=user, product_id=PRODUCTS[number % len(PRODUCTS)])
        yield encode(message, event_id=f"{name}-{user}", source="drill", time=happened, key=user.encode())


def send(kafka: str, records: Iterable[Record]) -> int:
    """Sends records; returns their number when the broker has them all."""
    producer = Producer(ProducerSettings(kafka, client_id="drill"))
    count = 0
    try:
        for record in records:
            producer.send(record)
            count += 1
        producer.flush(60.0)
    finally:
        producer.close(10.0)
    return count
