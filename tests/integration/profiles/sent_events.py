"""Events that a test sends, and what Feast shows of them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

from protos.gen.adloom.events.v1 import events_pb2 as events
from services.common.errors import Unavailable
from services.features.feast_reader import FeastReader
from services.wire.codec.encode import encode
from services.wire.kafka.producer import Producer, ProducerSettings

Counts = dict[str, Counter[str]]  # by user, of events by kind
WITHIN_S = 180.0  # a busy machine is slow, not wrong


def emit(kafka: str, users: list[str], count: int, seed: int) -> Counts:
    """Sends events, a tenth of them twice; how many of each kind every user has, each counted once."""
    patient = ProducerSettings(kafka, client_id="test", connect_s=WITHIN_S, block_s=WITHIN_S, delivery_s=WITHIN_S)
    chance, producer = Random(seed), Producer(patient)
    counts: Counts = {user: Counter() for user in users}
    for number in range(count):
        user = chance.choice(users)
        kind = chance.choices(["views", "clicks", "orders"], [6, 3, 1])[0]
        message = {"views": events.View, "clicks": events.Click, "orders": events.Order}[kind](
            user_id=user, product_id="boot-chelsea"
        )
        time_of_it = datetime.now(UTC) - timedelta(seconds=chance.uniform(0, 3600))
        record = encode(message, event_id=f"{seed}-{number}", source="test", time=time_of_it, key=user.encode())
        for _ in range(1 + (chance.random() < 0.1)):
            producer.send(record)
        counts[user][kind] += 1
    producer.flush(WITHIN_S)
    producer.close(10.0)
    return counts


def shown(redis: str, users: list[str]) -> Counts:
    """What Feast shows of the users; nothing while Redis is away."""
    try:
        readings = FeastReader(redis, timeout_s=5.0).read(users)
    except Unavailable:
        return {}
    return {
        user: Counter({k: n for k in ("views", "clicks", "orders") if (n := reading.profile.integer(f"{k}_total"))})
        for user, reading in readings.items()
    }
