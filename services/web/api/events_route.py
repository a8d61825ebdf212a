"""`POST /v1/events`: PublishEvents as JSON; `navigator.sendBeacon` sends it as text/plain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from protos.gen.adloom.events.v1.events_pb2 import Click, Order, View
from services.common.consent import Consent, complete
from services.web.api.json_answer import json_answer
from services.web.api.read_request import read_request
from services.web.body import Bodies
from services.web.ports import Services

LARGEST_BYTES: Final = 2 * 1024 * 1024
"""2 KiB for each of the most events. The event-service takes twice as much, which is the size of no page's beacon."""

_LONGEST_AGENT: Final = 512  # the proto's rule for `user_agent`


class EventsRoute:
    """Reads, publishes, writes."""

    def __init__(self, services: Services, bodies: Bodies, consent: Consent) -> None:
        """`consent` is what shoppers allow whose pages do not say."""
        self._consent = consent
        self._services = services
        self._bodies = bodies

    async def answer(self, request: Request) -> Response:
        """One result an event. A browser's own events carry its user agent, by which bots declare themselves."""
        async with self._bodies.of(request, LARGEST_BYTES) as body:
            asked = read_request(pb.PublishEventsRequest, body)
            assert isinstance(asked, pb.PublishEventsRequest)
            if "origin" in request.headers:
                name_browser(asked, request.headers.get("user-agent", "")[:_LONGEST_AGENT])
            for payload in payloads_of(asked):
                complete(payload.consent, self._consent)
            return json_answer(await self._services.publish(asked))


def name_browser(asked: pb.PublishEventsRequest, user_agent: str) -> None:
    """Sets `user_agent` where an event has none."""
    for payload in payloads_of(asked):
        if not payload.user_agent:
            payload.user_agent = user_agent


def payloads_of(asked: pb.PublishEventsRequest) -> Iterator[View | Click | Order]:
    """What each event says; events that say nothing are left out, the event-service refuses them."""
    for event in asked.events:
        if kind := event.WhichOneof("payload"):
            yield getattr(event, kind)
