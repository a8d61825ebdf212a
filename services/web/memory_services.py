"""`Services` in memory, for tests: one creative for every placement, and every event is accepted."""

from __future__ import annotations

from protos.gen.adloom.creative.v1 import creative_service_pb2 as creative_pb
from protos.gen.adloom.events.v1 import event_service_pb2 as events_pb
from services.assets.creative import Creative
from services.common.clock import Clock, to_ms
from services.common.pseudonym import PseudonymKey
from services.common.token import Token, TokenKeys
from services.web.refused import Refused

_KEY = PseudonymKey(1, b"memory" * 6)


class MemoryServices:
    """Keeps what it was asked; set `failure` to make it refuse."""

    def __init__(self, creative: Creative, keys: TokenKeys, clock: Clock) -> None:
        self.failure: Refused | None = None
        self.selects: list[creative_pb.SelectCreativesRequest] = []
        self.publishes: list[events_pb.PublishEventsRequest] = []
        self._creative = creative
        self._keys = keys
        self._clock = clock

    async def select(self, request: creative_pb.SelectCreativesRequest) -> creative_pb.SelectCreativesResponse:
        """The one creative for each placement, with a token of its own."""
        self.selects.append(request)
        if self.failure:
            raise self.failure
        return creative_pb.SelectCreativesResponse(
            request_id=request.request_id or "r-memory",
            selections=[self._selection(request.user_id, placement) for placement in request.placements],
        )

    async def publish(self, request: events_pb.PublishEventsRequest) -> events_pb.PublishEventsResponse:
        """OK for each."""
        self.publishes.append(request)
        if self.failure:
            raise self.failure
        ok = events_pb.EVENT_STATUS_OK
        return events_pb.PublishEventsResponse(
            results=[events_pb.EventResult(event_id=event.event_id, status=ok) for event in request.events]
        )

    def _selection(self, user_id: str, placement: creative_pb.Placement) -> creative_pb.Selection:
        one, name = self._creative, placement.placement_id
        shown_at_ms = to_ms(self._clock.now())
        token = Token(f"i-{name}", _KEY.pseudonym(user_id), one.creative_id, one.product_id, 0.5, name, 0, shown_at_ms)
        return creative_pb.Selection(
            placement_id=name,
            impression_id=token.impression_id,
            creative_id=one.creative_id,
            propensity=token.propensity,
            impression_token=self._keys.sign(token),
            texts=creative_pb.Texts(headline=one.headline),
            image=creative_pb.Image(uri=one.image_uri, media_type=one.media_type),
            ai_generated=one.ai_generated,
            product_id=one.product_id,
        )
