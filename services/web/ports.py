"""What the routes need from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from protos.gen.adloom.creative.v1.creative_service_pb2 import SelectCreativesRequest, SelectCreativesResponse
from protos.gen.adloom.events.v1.event_service_pb2 import PublishEventsRequest, PublishEventsResponse

LinkOf = Callable[[str], str | None]
"""The page of a product of the catalogue, or of a creative that has one of its own; None for any other id."""


class Services(Protocol):
    """The two services behind this server; both raise `Refused` with the status and words of the service."""

    async def select(self, request: SelectCreativesRequest) -> SelectCreativesResponse:
        """Chooses creatives, within the time that a page waits."""
        ...

    async def publish(self, request: PublishEventsRequest) -> PublishEventsResponse:
        """Publishes events; one result for each."""
        ...
