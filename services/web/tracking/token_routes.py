"""`/c/TOKEN` and `/r/TOKEN`: what an ad reports of itself. Only tokens that this deployment signed count."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.common.clock import Clock
from services.common.errors import Rejected, TokenRefused
from services.common.metrics import METRICS
from services.common.token import Token, TokenKeys
from services.web.body import body_of
from services.web.refused import Refused
from services.web.tracking.address import sendable
from services.web.tracking.automated import is_automated
from services.web.tracking.links import Leads, telling
from services.web.tracking.publisher import Publisher
from services.web.tracking.token_events import MOST_MS, click_record, render_record

GIF: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
"""One transparent pixel."""

_HEADERS: Final = {
    "cache-control": "no-store",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}
_LARGEST_BYTES: Final = 4096
_WHY: Final = {"forged": "its token is not one of ours", "expired": "its token is too old"}


@dataclass(frozen=True, slots=True)
class Visits:
    """Verifies tokens and publishes what they report."""

    keys: Callable[[], TokenKeys]  # called for each request, so that a key rotation takes effect
    clock: Clock
    publisher: Publisher
    leads: Leads
    patience_s: float

    async def click(self, request: Request) -> Response:
        """302 to the product's page or the creative's own; the click counts once, and only where a person made it."""
        text = request.path_params["token"]
        try:
            token = self.keys().verify(text, self.clock.now())
        except TokenRefused as refused:
            _count("click", refused.reason)
            return _led_to(self.leads.home, _WHY[refused.reason])
        own = self.leads.own_link_of(token.creative_id)
        if not token.product_id and own is None:
            _count("click", "no_product")
            return _led_to(self.leads.front, "the house creative is on no product")
        if is_automated(request.method, request.headers):
            _count("click", "no_person")
        else:
            agent = request.headers.get("user-agent", "")
            record = click_record(token, text, agent, self.clock.now())
            _count("click", "published" if await self.publisher.publish(record) else "unconfirmed")
        # a product that is gone since its ad was shown has no page, and the click on the ad counts all the same
        page = own or self.leads.link_of(token.product_id)
        told = telling(page, self.leads.parameter, text) if page else self.leads.front
        return _led_to(told, "its product is not in the catalogue")

    async def pixel(self, request: Request) -> Response:
        """`GET /r/TOKEN`: one pixel; `viewable_ms` may be in the query."""
        token = self._verified(request)
        viewable_ms = viewable_of(request.query_params.get("viewable_ms", "0"))
        await self._rendered(request, token, viewable_ms)
        return Response(GIF, headers=_HEADERS, media_type="image/gif")

    async def beacon(self, request: Request) -> Response:
        """`POST /r/TOKEN`: as `navigator.sendBeacon` sends it, `{"viewable_ms":}` in the body or the query."""
        token = self._verified(request)
        body = await body_of(request, _LARGEST_BYTES, self.patience_s)
        viewable_ms = viewable_in(body) if body else viewable_of(request.query_params.get("viewable_ms", "0"))
        await self._rendered(request, token, viewable_ms)
        return Response(status_code=204, headers={**_HEADERS, "access-control-allow-origin": "*"})

    def _verified(self, request: Request) -> Token:
        try:
            return self.keys().verify(request.path_params["token"], self.clock.now())
        except TokenRefused as refused:
            _count("render", refused.reason)
            why = _WHY[refused.reason]
            raise Refused("NOT_FOUND", f"nothing was shown: {why}", "impression_token") from refused

    async def _rendered(self, request: Request, token: Token, viewable_ms: int) -> None:
        if is_automated(request.method, request.headers):
            _count("render", "no_person")
            return
        text, agent = request.path_params["token"], request.headers.get("user-agent", "")
        record = render_record(token, text, viewable_ms, agent, self.clock.now())
        _count("render", "published" if await self.publisher.publish(record) else "unconfirmed")


def viewable_of(text: str) -> int:
    """The milliseconds in a query; raises `Rejected` for anything else than a day's at most."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_MS)) and int(text) <= MOST_MS):
        raise Rejected("invalid", "viewable_ms", text, f"a whole number of milliseconds from 0 to {MOST_MS}")
    return int(text)


def viewable_in(body: bytes) -> int:
    """The milliseconds in a beacon's JSON."""
    try:
        found = json.loads(body)
        return viewable_of(str(found.get("viewable_ms", 0)))
    except (ValueError, AttributeError, RecursionError) as exc:
        raise Rejected("invalid", "body", f"{len(body)} bytes", 'JSON like {"viewable_ms": 1000}') from exc


def _led_to(where: str, why_not: str = "") -> Response:
    """302 to an address of the settings or the catalogue; raises `Refused` 404 where there is none."""
    address = sendable(where)
    if not address:
        raise Refused("NOT_FOUND", f"this link leads nowhere: {why_not}", "impression_token")
    return Response(status_code=302, headers={**_HEADERS, "location": address})


def _count(kind: str, fate: str) -> None:
    METRICS.web_visits.labels(kind, fate).inc()
