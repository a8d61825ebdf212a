"""The creative-service and the event-service behind this server, over gRPC."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any, Final

import grpc

from protos.gen.adloom.creative.v1.creative_service_pb2 import SelectCreativesRequest, SelectCreativesResponse
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from protos.gen.adloom.events.v1.event_service_pb2 import PublishEventsRequest, PublishEventsResponse
from protos.gen.adloom.events.v1.event_service_pb2_grpc import EventServiceStub
from services.sdk.creative_channel import aio_channel_to
from services.web.refused import Refused
from services.web.settings import WebSettings

_FIELD: Final = re.compile(r"([A-Za-z_][\w.\[\]]*): ", re.ASCII)
_OURS: Final = {
    "UNAVAILABLE": "{} is late or down: ask again",
    "DEADLINE_EXCEEDED": "{} did not answer in time: ask again",
}
"""What a page is told in place of gRPC's own words, which name our addresses."""


class GrpcServices:
    """Asks both services, with the retries of `protos/adloom/service_config.json`; belongs to one event loop."""

    def __init__(self, settings: WebSettings) -> None:
        self._creative = aio_channel_to(settings.creative)
        self._events = aio_channel_to(settings.events)
        self._select: Any = CreativeServiceStub(self._creative).SelectCreatives
        self._publish: Any = EventServiceStub(self._events).PublishEvents
        self._select_s, self._events_s = settings.select_s, settings.events_s

    async def __aenter__(self) -> GrpcServices:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._creative.close()
        await self._events.close()

    async def select(self, request: SelectCreativesRequest) -> SelectCreativesResponse:
        """See `Services.select`."""
        try:
            answer: SelectCreativesResponse = await self._select(request, timeout=self._select_s)
        except grpc.aio.AioRpcError as error:
            raise refused(error, "creative") from error
        return answer

    async def publish(self, request: PublishEventsRequest) -> PublishEventsResponse:
        """See `Services.publish`."""
        try:
            answer: PublishEventsResponse = await self._publish(request, timeout=self._events_s)
        except grpc.aio.AioRpcError as error:
            raise refused(error, "events") from error
        return answer


def refused(error: grpc.aio.AioRpcError, part: str) -> Refused:
    """The refusal with the service's code, words and field."""
    code, details = error.code().name, error.details() or ""
    field = _FIELD.match(details)
    return Refused(code, _OURS[code].format(part) if code in _OURS else details, field[1] if field else "")
