"""The fuzzing target EventService: PublishEvents, with a fake broker that decodes each record as consumers do."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

import grpc

from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from protos.gen.adloom.events.v1 import events_pb2
from services.common.clock import FixedClock, to_ms
from services.common.pseudonym import PseudonymKey
from services.events.publish import Publisher
from services.events.server import LARGEST_REQUEST_BYTES, SERVICE, methods_of
from services.events.servicer import EventServicer
from services.tools.drills.fuzzing.call import Calls, Context
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.target import NotAllowed, Shape, Target
from services.tools.drills.fuzzing.target_token import NOW, USER, signed
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord, Record
from services.wire.codec.ports import Delivery, OnDelivery

_PATH: Final = f"/{SERVICE}/PublishEvents"
_LARGEST_METADATA_BYTES: Final = 8 * 1024  # gRPC takes no more
_TRACE: Final = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def events_target() -> Target:
    """PublishEvents."""
    shapes = (Shape.PROTOBUF, Shape.TEXT)
    dictionary = [USER.encode(), signed().encode(), _TRACE, b"EUR", b"shop", b"tee-breton"]
    service = EventService()
    return Target(
        "EventService", service.publish, _seeds(), shapes, dictionary, LARGEST_REQUEST_BYTES, close=service.close
    )


class Broker:
    """A sink that decodes each record as its consumers do: an event that was answered OK must be no dead letter."""

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """Takes a record that consumers accept; raises for one that they would refuse."""
        decode(RawRecord(record.topic, 0, 0, to_ms(NOW), record.key, record.value, record.headers))
        if on_delivery is not None:
            on_delivery(Delivery(record, 0, 0))

    def flush(self, timeout_s: float) -> None:
        """Nothing waits."""


class EventService:
    """The process without its port, on the fake broker."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1)
        self._loop = asyncio.new_event_loop()
        publisher = Publisher(Broker(), self._threads)
        servicer = EventServicer(publisher, PseudonymKey(1, b"p" * 32), FixedClock(NOW), lambda: "made")
        handler = grpc.method_handlers_generic_handler(SERVICE, methods_of(servicer, default_deadline_s=30.0))
        self._calls = Calls(handler, self._loop)

    def close(self) -> None:
        """Ends the threads and the loop."""
        self._threads.shutdown()
        self._loop.close()

    def publish(self, case: Case) -> str:
        """One call, and its result: the status, or the status and field of each event."""
        value, trace = (*case, b"", b"")[:2]
        trace = trace[:_LARGEST_METADATA_BYTES]
        context = Context((("traceparent", trace.decode("latin-1")),) if trace else (), remaining_s=30.0)
        answer = self._calls.answer(_PATH, value, context)
        if answer is None:
            return f"{context.code.name} {context.details.partition(':')[0]}"
        results = pb.PublishEventsResponse.FromString(answer).results
        if any(result.status == pb.EVENT_STATUS_UNAVAILABLE for result in results):
            raise NotAllowed("an event was not handed to a broker that is there")
        return ", ".join(sorted({f"{result.status} {result.message.partition(':')[0]}" for result in results})[:3])


def _seeds() -> list[Case]:
    view = events_pb2.View(user_id="alice", product_id="tee-breton", query="tee", page="/", dwell_ms=9, user_agent="x")
    click = events_pb2.Click(user_id="bob", product_id="tee-breton", impression_token=signed())
    order = events_pb2.Order(user_id="carol", product_id="tee-breton", quantity=2, value_minor=5900, currency="EUR")
    first = pb.Event(event_id="e-1", source="till", view=view)
    first.time.FromDatetime(NOW - timedelta(hours=1))
    requests = [[first], [pb.Event(click=click)], [pb.Event(event_id="e-2", order=order)]]
    requests.append([first, pb.Event(click=click), pb.Event(order=order), pb.Event()])
    requests.append([first] * 300)
    return [(pb.PublishEventsRequest(events=events).SerializeToString(), _TRACE) for events in requests]
