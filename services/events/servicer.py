"""Implements `PublishEvents`: checks each event, publishes the valid ones, returns one result per event."""

from __future__ import annotations

from collections.abc import Callable

from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from services.common.clock import Clock
from services.common.consent import ALLOWED, Consent, complete
from services.common.errors import Rejected
from services.common.metrics import METRICS
from services.common.pseudonym import PseudonymKey
from services.events.publish import Fate, Publisher
from services.wire.codec.envelope import Record
from services.wire.codec.shop_events import admit, payload_of

RESERVE = 0.1
"""Share of the caller's time that is reserved for returning the answer."""

MOST_EVENTS = 1000
"""Most events in one request, as in the proto's rule for `events`."""


class EventServicer:
    """Publishes events of shops; all dependencies are arguments."""

    def __init__(
        self,
        publisher: Publisher,
        key: PseudonymKey,
        clock: Clock,
        fresh_id: Callable[[], str],
        consent: Consent = ALLOWED,
    ) -> None:
        """`consent` is what shoppers allow whose events do not say."""
        self._consent = consent
        self._publisher = publisher
        self._key = key
        self._clock = clock
        self._fresh_id = fresh_id

    async def publish_events(
        self, request: pb.PublishEventsRequest, budget_s: float, traceparent: str = ""
    ) -> pb.PublishEventsResponse:
        """One result per event, in order; raises `Rejected` if the request as a whole is invalid."""
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
            complete(payload_of(event).consent, self._consent)
            return admit(event, event_id, self._key, self._clock.now(), traceparent)
        except Rejected as rejected:
            METRICS.rejected_events.labels(event.WhichOneof("payload") or "none", rejected.reason).inc()
            return rejected


def check_request(request: pb.PublishEventsRequest) -> None:
    """Checks the request itself; its events are checked one by one later.

    The check is written by hand because protovalidate would also validate every event: for two million events that
    takes seconds and gigabytes.
    """
    if not 0 < len(request.events) <= MOST_EVENTS:
        raise Rejected("invalid", "events", f"{len(request.events)} events", f"1 to {MOST_EVENTS} events")


def result_of(event_id: str, fate: Fate) -> pb.EventResult:
    """The result that the caller gets for one event."""
    if fate is None:
        return pb.EventResult(event_id=event_id, status=pb.EVENT_STATUS_OK)
    status = pb.EVENT_STATUS_REJECTED if isinstance(fate, Rejected) else pb.EVENT_STATUS_UNAVAILABLE
    return pb.EventResult(event_id=event_id, status=status, message=str(fate))
