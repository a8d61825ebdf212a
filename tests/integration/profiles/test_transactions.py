"""Transactions of a shop's producer, or a stranger's: their markers are no messages, and hold up nothing."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from pathlib import Path

import aiokafka
from kafka import KafkaConsumer, TopicPartition

from services.common.topics import CLICKS, ORDERS, PARTITIONS, VIEWS
from services.tools.drills.own_worker import ended_after
from services.tools.stack.session import RunningStack
from tests.integration.profiles.sent_events import WITHIN_S, emit, shown
from tests.integration.profiles.workers import worker_of
from tests.meanwhile import meanwhile
from tests.waiting import wait_for

USERS = [f"u1-{number:032x}" for number in range(12)]
PLACES = [(topic, partition) for topic in (VIEWS, CLICKS, ORDERS) for partition in range(PARTITIONS)]


async def commit_nothing(kafka: str, ending: threading.Event) -> None:
    """Markers in every partition, at every moment."""
    async with aiokafka.AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=uuid.uuid4().hex) as producer:
        while not ending.is_set():
            await producer.begin_transaction()
            for place in PLACES:
                producer._txn_manager.maybe_add_partition_to_txn(aiokafka.TopicPartition(*place))
            await producer.commit_transaction()


def behind(kafka: str) -> dict[tuple[str, int], int]:
    """How many offsets the worker has not acknowledged, by place."""
    with KafkaConsumer(bootstrap_servers=kafka, group_id="adloom-profiles", enable_auto_commit=False) as consumer:
        places = [TopicPartition(*place) for place in PLACES]
        ends = consumer.end_offsets(places)
        lag = {place: ends[place] - (consumer.committed(place) or 0) for place in places}
        return {tuple(place): count for place, count in lag.items() if count}


def test_markers_alone_neither_look_like_waiting_messages_nor_hide_any(shop: RunningStack, tmp_path: Path) -> None:
    worker = worker_of(shop, tmp_path)
    with ended_after([worker]):
        worker.start()
        wait_for("the worker", worker.ready, WITHIN_S)
        with meanwhile(lambda ending: asyncio.run(commit_nothing(shop.kafka, ending))):
            time.sleep(3.0)
            # A worker that never is level with its topics would be ended by its watchdog.
            wait_for("progress", lambda: worker.endpoint.readiness().get("idle_s", 9.0) < 1.0, WITHIN_S)
            counts = emit(shop.kafka, USERS, 200, seed=1)
            wait_for("every event", lambda: shown(shop.redis, USERS) == counts, WITHIN_S)
        wait_for("no lag by what is no message", lambda: not behind(shop.kafka), WITHIN_S)
        assert worker.runs()
