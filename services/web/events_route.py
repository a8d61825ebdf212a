"""`POST /v1/events`: PublishEvents as JSON; `navigator.sendBeacon` sends it as text/plain."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from services.web.body import body_of
from services.web.messages import json_answer
from services.web.ports import Services
from services.wire.codec.json_codec import from_json

LARGEST_BYTES: Final = 4 * 1024 * 1024
_LONGEST_AGENT: Final = 512  # the proto's rule for `user_agent`


class EventsRoute:
    """Reads, publishes, writes."""

    def __init__(self, services: Services, patience_s: float) -> None:
        self._services = services
        self._patience_s = patience_s

    async def answer(self, request: Request) -> Response:
        """One result an event. A browser's own events carry its user agent, by which bots declare themselves."""
        asked = from_json(pb.PublishEventsRequest, await body_of(request, LARGEST_BYTES, self._patience_s))
        assert isinstance(asked, pb.PublishEventsRequest)
        if "origin" in request.headers:
            name_browser(asked, request.headers.get("user-agent", "")[:_LONGEST_AGENT])
        return json_answer(await self._services.publish(asked))


def name_browser(asked: pb.PublishEventsRequest, user_agent: str) -> None:
    """Sets `user_agent` where an event has none."""
    for event in asked.events:
        kind = event.WhichOneof("payload")
        payload = getattr(event, kind) if kind else None
        if payload is not None and not payload.user_agent:
            payload.user_agent = user_agent
