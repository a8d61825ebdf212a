"""What `PublishEvents` does: checks each event by itself, publishes the good ones, answers one result an event."""

from __future__ import annotations

from collections.abc import Callable

from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from services.common.clock import Clock
from services.common.errors import Rejected
from services.common.metrics import METRICS
from services.common.pseudonym import PseudonymKey
from services.events.publish import Fate, Publisher
from services.wire.codec.envelope import Record
from services.wire.codec.shop_events import admit

RESERVE = 0.1
"""Share of the caller's time that is kept for the answer's way back."""

MOST_EVENTS = 1000
"""In one request, as `events` in the proto says."""


class EventServicer:
    """Publishes events of shops; its collaborators are handed in."""

    def __init__(self, publisher: Publisher, key: PseudonymKey, clock: Clock, fresh_id: Callable[[], str]) -> None:
        self._publisher = publisher
        self._key = key
        self._clock = clock
        self._fresh_id = fresh_id

    async def publish_events(
        self, request: pb.PublishEventsRequest, budget_s: float, traceparent: str = ""
    ) -> pb.PublishEventsResponse:
        """One result an event, in order; raises `Rejected` where the request as a whole is wrong."""
        check_request(request)
        ids = [event.event_id or self._fresh_id() for event in request.events]
        admitted = [self._admit(event, name, traceparent) for event, name in zip(request.events, ids, strict=True)]
        records = [found for found in admitted if isinstance(found, Record)]
        fates = iter(await self._publisher.publish(records, budget_s * (1 - RESERVE)))
        results = [
            result_of(name, next(fates) if isinstance(found, Record) else found)
            for name, found in zip(ids, admitted, strict=True)
        ]
        return pb.PublishEventsResponse(results=results)

    def _admit(self, event: pb.Event, event_id: str, traceparent: str) -> Record | Rejected:
        try:
            return admit(event, event_id, self._key, self._clock.now(), traceparent)
        except Rejected as rejected:
            METRICS.rejected_events.labels(event.WhichOneof("payload") or "none", rejected.reason).inc()
            return rejected


def check_request(request: pb.PublishEventsRequest) -> None:
    """The rules on the request itself; those on its events are each event's own affair.

    By hand: protovalidate goes into every event too, for seconds and gigabytes where somebody sends two million.
    """
    if not 0 < len(request.events) <= MOST_EVENTS:
        raise Rejected("invalid", "events", f"{len(request.events)} events", f"1 to {MOST_EVENTS} events")


def result_of(event_id: str, fate: Fate) -> pb.EventResult:
    """What the caller is told of one event."""
    if fate is None:
        return pb.EventResult(event_id=event_id, status=pb.EVENT_STATUS_OK)
    status = pb.EVENT_STATUS_REJECTED if isinstance(fate, Rejected) else pb.EVENT_STATUS_UNAVAILABLE
    return pb.EventResult(event_id=event_id, status=status, message=str(fate))
