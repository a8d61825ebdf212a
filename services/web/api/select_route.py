"""`POST /v1/select`: SelectCreatives as JSON, the answer completed with what a page needs."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.selection_for_web import complete_for_web
from services.common.consent import Consent
from services.common.consent import complete as complete_consent
from services.web.api.device import device_of
from services.web.api.json_answer import json_answer
from services.web.api.read_request import read_request
from services.web.body import Bodies
from services.web.ports import Services
from services.wire.codec.rules import check_fields

LARGEST_BYTES: Final = 512 * 1024
"""Twice the largest request of the creative-service: JSON is longer than protobuf."""


class SelectRoute:
    """Reads, asks, completes, writes."""

    def __init__(self, services: Services, web_url: str, bodies: Bodies, consent: Consent) -> None:
        """`consent` is what shoppers allow whose pages do not say."""
        self._consent = consent
        self._services = services
        self._web_url = web_url
        self._bodies = bodies

    async def answer(self, request: Request) -> Response:
        """The selections of a page's placements; of a device that the request does not name, its headers tell."""
        async with self._bodies.of(request, LARGEST_BYTES) as body:
            asked = read_request(pb.SelectCreativesRequest, body)
            assert isinstance(asked, pb.SelectCreativesRequest)
            check_fields(asked)
            complete_consent(asked.consent, self._consent)
            asked.context.device = asked.context.device or device_of(request.headers)
            answer = await self._services.select(asked)
        complete(answer, asked, self._web_url)
        return json_answer(answer)


def complete(answer: pb.SelectCreativesResponse, asked: pb.SelectCreativesRequest, web_url: str) -> None:
    """Completes each selection of the answer for its placement."""
    placements = {placement.placement_id: placement for placement in asked.placements}
    for selection in answer.selections:
        placement = placements[selection.placement_id]
        complete_for_web(selection, placement.format, placement.markup, web_url, asked.context.locale)
