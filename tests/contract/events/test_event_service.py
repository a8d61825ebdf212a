"""EventService over real gRPC, with the sink in memory: what callers rely on, whatever carries the events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
import pytest_asyncio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from protos.gen.adloom.events.v1 import event_service_pb2_grpc as rpc
from protos.gen.adloom.events.v1 import events_pb2
from services.catalogue.product_table import ProductTable
from services.common.clock import FixedClock
from services.common.errors import Bug, Unavailable
from services.common.pseudonym import PseudonymKey, is_pseudonym
from services.common.topics import CLICKS, ORDERS, VIEWS
from services.events.catalogue_servicer import CatalogueServicer
from services.events.publish import Publisher
from services.events.server import SERVICE, Servicers, build_server
from services.events.servicer import EventServicer
from services.events.settings import EventsSettings
from services.runtime.health import Readiness
from services.wire.codec.decode import decode
from services.wire.codec.envelope import Envelope, Record
from services.wire.codec.memory_sink import MemorySink
from services.wire.codec.ports import OnDelivery
from tests.contract.events.campaign_parts import no_campaigns

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = PseudonymKey(1, b"test")
IN_FLIGHT = 64


@dataclass
class Slow:
    """A sink whose broker says nothing until it is told to."""

    held: list[tuple[Record, OnDelivery | None]] = field(default_factory=list)

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        self.held.append((record, on_delivery))

    def flush(self, timeout_s: float) -> None:
        raise Unavailable("kafka", "slow")


@dataclass
class Broken:
    """A sink with a bug."""

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        raise Bug("the sink fell over")

    def flush(self, timeout_s: float) -> None:
        raise Bug("the sink fell over")


class Endpoint:
    """A running EventService and a caller at it."""

    def __init__(self, channel: grpc.aio.Channel, sink: MemorySink | Slow | Broken) -> None:
        self.channel = channel
        self.stub = rpc.EventServiceStub(channel)
        self.sink = sink

    async def publish(self, *events: pb.Event, timeout: float = 10) -> list[pb.EventResult]:
        answer = await self.stub.PublishEvents(pb.PublishEventsRequest(events=events), timeout=timeout)
        return list(answer.results)

    def read(self, topic: str) -> list[Envelope]:
        assert isinstance(self.sink, MemorySink)
        return [decode(raw) for raw in self.sink.read(topic)]


def sink_named(name: str) -> MemorySink | Slow | Broken:
    if name == "slow":
        return Slow()
    return Broken() if name == "broken" else MemorySink(FixedClock(NOW))


@pytest_asyncio.fixture
async def endpoint(request: pytest.FixtureRequest) -> AsyncIterator[Endpoint]:
    sink = sink_named(getattr(request, "param", "memory"))
    with ThreadPoolExecutor(2) as threads:
        publisher = Publisher(sink, threads)
        servicer = EventServicer(publisher, KEY, FixedClock(NOW), lambda: "made")
        catalogue = CatalogueServicer(publisher, ProductTable(), lambda: True, FixedClock(NOW))
        servicers = Servicers(servicer, catalogue, no_campaigns())
        server = build_server(servicers, EventsSettings(in_flight=IN_FLIGHT), Readiness())
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Endpoint(channel, sink)
        await server.stop(1)


def view(user: str = "alice", event_id: str = "e1", **fields: Any) -> pb.Event:
    return pb.Event(event_id=event_id, view=events_pb2.View(**{"user_id": user, "product_id": "shirt-3"} | fields))


@pytest.mark.asyncio
async def test_each_payload_reaches_its_topic_under_the_pseudonym(endpoint: Endpoint) -> None:
    results = await endpoint.publish(
        view(),
        pb.Event(event_id="e2", click=events_pb2.Click(user_id="alice", product_id="shirt-3", impression_token="t")),
        pb.Event(event_id="e3", order=events_pb2.Order(user_id="alice", product_id="shirt-3", value_minor=995)),
    )
    assert [(r.event_id, r.status, r.message) for r in results] == [
        ("e1", pb.EVENT_STATUS_OK, ""),
        ("e2", pb.EVENT_STATUS_OK, ""),
        ("e3", pb.EVENT_STATUS_OK, ""),
    ]
    pseudonym = KEY.pseudonym("alice")
    for topic, event_id in ((VIEWS, "e1"), (CLICKS, "e2"), (ORDERS, "e3")):
        (envelope,) = endpoint.read(topic)
        assert (envelope.event_id, envelope.source, envelope.time) == (event_id, "shop", NOW)
        assert envelope.message.user_id == envelope.key.decode() == pseudonym  # type: ignore[attr-defined]


@pytest.mark.asyncio
async def test_an_event_says_on_kafka_what_its_shopper_allows(endpoint: Endpoint) -> None:
    await endpoint.publish(view(), view(event_id="e2", consent={"profile": False}))
    said = [(e.message.consent.profile, e.message.consent.personalise) for e in endpoint.read(VIEWS)]  # type: ignore[attr-defined]
    assert said == [(True, True), (False, True)]


@pytest.mark.asyncio
async def test_callers_that_have_sent_headers_only_leave_all_places_to_others(endpoint: Endpoint) -> None:
    held = [endpoint.channel.stream_stream(f"/{SERVICE}/PublishEvents")() for _ in range(2 * IN_FLIGHT)]
    await asyncio.gather(*(call.wait_for_connection() for call in held))
    assert [result.status for result in await endpoint.publish(view())] == [pb.EVENT_STATUS_OK]
    for call in held:
        await call.done_writing()
        assert await asyncio.wait_for(call.code(), 20) is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.asyncio
async def test_given_identity_time_and_trace_are_carried(endpoint: Endpoint) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    event = view()
    event.source, event.time.seconds = "till-7", int((NOW - timedelta(hours=1)).timestamp())
    request = pb.PublishEventsRequest(events=[event])
    await endpoint.stub.PublishEvents(request, metadata=(("traceparent", trace),), timeout=10)
    (envelope,) = endpoint.read(VIEWS)
    assert (envelope.source, envelope.time) == ("till-7", NOW - timedelta(hours=1))
    assert envelope.traceparent == trace


@pytest.mark.asyncio
async def test_an_event_without_id_is_given_one(endpoint: Endpoint) -> None:
    (result,) = await endpoint.publish(view(event_id=""))
    assert result.event_id == endpoint.read(VIEWS)[0].event_id == "made"


@pytest.mark.asyncio
async def test_what_looks_like_a_pseudonym_is_a_raw_id_to_the_service(endpoint: Endpoint) -> None:
    shaped = KEY.pseudonym("alice")
    await endpoint.publish(view(user=shaped))
    assert endpoint.read(VIEWS)[0].key == KEY.pseudonym(shaped).encode()


def timed(**delta: float) -> pb.Event:
    event = view()
    event.time.FromDatetime(NOW + timedelta(**delta))
    return event


BAD_EVENTS = {
    "no payload": (pb.Event(event_id="e"), "payload"),
    "no user": (view(user=""), "user_id"),
    "endless user": (view(user="x" * 257), "user_id"),
    "no product": (view(product_id=""), "product_id"),
    "endless page": (view(page="x" * 513), "page"),
    "negative dwell": (view(dwell_ms=-1), "dwell_ms"),
    "quantity of millions": (
        pb.Event(order=events_pb2.Order(user_id="a", product_id="s", quantity=2_000_000)),
        "quantity",
    ),
    "currency in words": (pb.Event(order=events_pb2.Order(user_id="a", product_id="s", currency="euros")), "currency"),
    "endless token": (
        pb.Event(click=events_pb2.Click(user_id="a", product_id="s", impression_token="x" * 4097)),
        "impression_token",
    ),
    "endless id": (view(event_id="x" * 257), "ce_id"),
    "id with a line break": (view(event_id="a\nb"), "ce_id"),
    "a day old": (timed(hours=-25), "ce_time"),
    "ten minutes ahead": (timed(minutes=10), "ce_time"),
    "year 300000": (pb.Event(view=view().view, time={"seconds": 9_999_999_999_999}), "time"),
    "broken nanos": (pb.Event(view=view().view, time={"seconds": 1, "nanos": -5}), "time"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("name", BAD_EVENTS)
async def test_a_bad_event_is_rejected_by_itself(endpoint: Endpoint, name: str) -> None:
    event, where = BAD_EVENTS[name]
    before, bad, after = await endpoint.publish(view(event_id="before"), event, view(event_id="after"))
    assert (before.status, after.status) == (pb.EVENT_STATUS_OK, pb.EVENT_STATUS_OK)
    assert bad.status == pb.EVENT_STATUS_REJECTED
    assert bad.message.startswith(f"{where}: ")
    assert {e.event_id for e in endpoint.read(VIEWS)} == {"before", "after"}


@pytest.mark.asyncio
async def test_a_raw_identity_is_neither_answered_nor_sent(endpoint: Endpoint) -> None:
    results = await endpoint.publish(view(user="alice@example.org", dwell_ms=-1), view(user="alice@example.org"))
    assert not any("alice" in result.message for result in results)
    (envelope,) = endpoint.read(VIEWS)
    assert is_pseudonym(envelope.key.decode())


@pytest.mark.asyncio
@pytest.mark.parametrize("count", [0, 1001])
async def test_a_wrong_number_of_events_is_the_callers_error(endpoint: Endpoint, count: int) -> None:
    with pytest.raises(grpc.aio.AioRpcError, match=f"events: '{count} events'") as caught:
        await endpoint.publish(*[view()] * count)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.asyncio
async def test_bytes_that_are_no_request_are_the_callers_error(endpoint: Endpoint) -> None:
    call = endpoint.channel.unary_unary(f"/{SERVICE}/PublishEvents")
    with pytest.raises(grpc.aio.AioRpcError, match="PublishEventsRequest") as caught:
        await call(b"\xff\xff", timeout=5)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.asyncio
async def test_an_oversized_request_is_refused_before_it_is_read(endpoint: Endpoint) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await endpoint.publish(view(query="x" * 5_000_000))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.asyncio
async def test_events_that_the_broker_refuses_are_not_ok(endpoint: Endpoint) -> None:
    assert isinstance(endpoint.sink, MemorySink)
    endpoint.sink.failure = Unavailable("kafka", "the cable is out")
    good, bad = await endpoint.publish(view(), view(user=""))
    assert (good.status, bad.status) == (pb.EVENT_STATUS_UNAVAILABLE, pb.EVENT_STATUS_REJECTED)
    assert "cable" in good.message


@pytest.mark.asyncio
@pytest.mark.parametrize("endpoint", ["slow"], indirect=True)
async def test_silence_of_the_broker_is_answered_before_the_callers_deadline(endpoint: Endpoint) -> None:
    (result,) = await endpoint.publish(view(), timeout=2)  # gRPC lets no later answer through
    assert result.status == pb.EVENT_STATUS_UNAVAILABLE
    assert "same id" in result.message


@pytest.mark.asyncio
@pytest.mark.parametrize("endpoint", ["broken"], indirect=True)
async def test_our_own_mistake_is_internal_and_says_nothing_of_the_inside(endpoint: Endpoint) -> None:
    with pytest.raises(grpc.aio.AioRpcError, match="internal error") as caught:
        await endpoint.publish(view())
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "fell over" not in (caught.value.details() or "")


@pytest.mark.asyncio
async def test_health_and_reflection_answer(endpoint: Endpoint) -> None:
    stub = health_pb2_grpc.HealthStub(endpoint.channel)
    for name in ("", SERVICE):
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    listing = reflection_pb2_grpc.ServerReflectionStub(endpoint.channel).ServerReflectionInfo(iter([asked]))
    names = {service.name async for answer in listing for service in answer.list_services_response.service}
    assert {SERVICE, "grpc.health.v1.Health"} <= names
