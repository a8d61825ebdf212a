"""Delays from a click to its feature and to a changed decision, compared with Kafka's own round trip."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from protos.gen.adloom.events.v1 import events_pb2
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.catalogue.catalogue import demo_catalogue
from services.common.errors import Unavailable
from services.common.secrets import load_or_make
from services.common.topics import CLICKS, IMPRESSIONS
from services.features.feast_reader import FeastReader
from services.runtime.grpc_channel import open_channel
from services.tools.bench.figures import Figure, latencies
from services.tools.stack.session import RunningStack
from services.wire.codec.encode import encode
from services.wire.kafka.producer import Producer, ProducerSettings

ROUNDS = 100
DECISION_ROUNDS = 30
_LOOK_S = 0.002
_POLL_MS = 2
_WITHIN_S = 10.0


def freshness(running: RunningStack) -> list[Figure]:
    """Delays of a click on an otherwise idle stack; every click is by a new shopper."""
    clicks = Clicks(running)
    try:
        round_trip = latencies(list(clicks.round_trips()))
        feature = latencies(list(clicks.to_feature()))
        decision = latencies(list(clicks.to_decision()))
    finally:
        clicks.close()
    return [
        Figure(f"click_to_{name}_{at}", getattr(figure, at), "ms", f"Kafka round trip {at}", getattr(round_trip, at))
        for name, figure in (("feature", feature), ("changed_decision", decision))
        for at in ("p50", "p99")
    ]


class Clicks:
    """Sends clicks and measures when they become visible: in Kafka, in Feast and in decisions."""

    def __init__(self, running: RunningStack) -> None:
        self._running = running
        self._key = load_or_make(running.state_dir.secrets).pseudonym_key
        self._producer = Producer(ProducerSettings(running.kafka, client_id="bench", linger_ms=0))
        self._product = demo_catalogue().products[0].product_id

    def close(self) -> None:
        """Closes the producer."""
        self._producer.close(10)

    def round_trips(self) -> Iterator[float]:
        """Seconds from a send to a bare consumer that waits for it."""
        with TopicEnd(self._running.kafka, CLICKS) as clicks:
            for _ in range(ROUNDS):
                started = time.perf_counter()
                event_id = self._click(f"bench-{uuid.uuid4()}")
                clicks.until(_is_event(event_id.encode()))
                yield time.perf_counter() - started

    def to_feature(self) -> Iterator[float]:
        """Seconds from a send until Feast returns a profile with the click."""
        reader = FeastReader(self._running.redis, timeout_s=1.0)
        for _ in range(ROUNDS):
            user = f"bench-{uuid.uuid4()}"
            key = self._key.pseudonym(user)
            started = time.perf_counter()
            self._click(user)
            while reader.read([key])[key].profile.integer("clicks_total") == 0:
                _check(started)
                time.sleep(_LOOK_S)
            yield time.perf_counter() - started

    def to_decision(self) -> Iterator[float]:
        """Seconds from a send to the first request whose decision record has changed features.

        Requests are sent one after another without waiting for their records, which arrive later and in batches.
        """
        with (
            open_channel(self._running.creative) as channel,
            TopicEnd(self._running.kafka, IMPRESSIONS) as records,
        ):
            stub: Any = CreativeServiceStub(channel)
            for _ in range(DECISION_ROUNDS):
                user, at = f"bench-{uuid.uuid4()}", int(time.time())
                before = records.decision(_select(stub, user, at))
                requested: dict[str, float] = {}  # impression id -> when
                changed: Impression | None = None
                started = time.perf_counter()
                self._click(user)
                while changed is None:
                    _check(started)
                    requested_at = time.perf_counter()
                    requested[_select(stub, user, at)] = requested_at
                    ours = (record for record in records.decisions() if record.impression_id in requested)
                    changed = next((record for record in ours if record.segment != before.segment), None)
                yield requested[changed.impression_id] - started

    def _click(self, user: str) -> str:
        key, event_id = self._key.pseudonym(user), uuid.uuid4().hex
        click = events_pb2.Click(user_id=key, product_id=self._product)
        record = encode(click, event_id=event_id, source="bench", time=datetime.now(UTC), key=key.encode())
        self._producer.send(record)
        return event_id


class TopicEnd:
    """A bare consumer that starts at the end of a topic."""

    def __init__(self, kafka: str, topic: str) -> None:
        self._consumer = KafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, group_id=None)
        partitions = [TopicPartition(topic, number) for number in self._consumer.partitions_for_topic(topic)]
        self._consumer.assign(partitions)
        self._consumer.seek_to_end(*partitions)
        for partition in partitions:
            self._consumer.position(partition)

    def until(self, wanted: Any) -> Any:
        """The next record for which `wanted` holds."""
        started = time.perf_counter()
        while True:
            _check(started)
            for batch in self._consumer.poll(timeout_ms=100).values():
                found = next((record for record in batch if wanted(record)), None)
                if found is not None:
                    return found

    def decision(self, impression_id: str) -> Impression:
        """The decision record of an answer."""
        record = self.until(lambda record: impression_id.encode() in record.value)
        return Impression.FromString(record.value)

    def decisions(self) -> list[Impression]:
        """The decision records that have arrived since the last call."""
        batches = self._consumer.poll(timeout_ms=_POLL_MS).values()
        return [Impression.FromString(record.value) for batch in batches for record in batch]

    def __enter__(self) -> TopicEnd:
        return self

    def __exit__(self, *raised: object) -> None:
        self._consumer.close()


def _is_event(event_id: bytes) -> Callable[[Any], bool]:
    return lambda record: bool(dict(record.headers)["ce_id"] == event_id)


def _select(stub: Any, user: str, at: int) -> str:
    placement = pb.Placement(placement_id="bench", format="300x250")
    request = pb.SelectCreativesRequest(user_id=user, placements=[placement])
    request.context.time.FromSeconds(at)
    answer = stub.SelectCreatives(request, timeout=2)
    return str(answer.selections[0].impression_id)


def _check(started: float) -> None:
    if time.perf_counter() - started > _WITHIN_S:
        raise Unavailable("the loop", f"a click did not show within {_WITHIN_S:.0f} s")
