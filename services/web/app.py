"""The table of the routes, and what surrounds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from services.assets.pictures.picture_store import pictures_in
from services.catalogue.catalogue import Catalogue
from services.common.clock import Clock
from services.common.consent import consent_of
from services.common.errors import AdloomError
from services.common.token import TokenKeys
from services.web.api.events_route import EventsRoute
from services.web.api.openapi import OpenApi
from services.web.api.select_route import SelectRoute
from services.web.body import Bodies
from services.web.guard import Guard
from services.web.origins import Origins
from services.web.pages.demo_shop import DemoShop
from services.web.pages.script import script
from services.web.pictures.picture_route import PictureRoute
from services.web.ports import Services
from services.web.rate_limit import RateLimit
from services.web.refused import refuse
from services.web.settings import WebSettings
from services.web.tracking.links import Leads, links_of, own_links_of
from services.web.tracking.publisher import Publisher
from services.web.tracking.token_routes import Visits


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes need."""

    services: Services
    publisher: Publisher
    keys: Callable[[], TokenKeys]
    catalogue: Catalogue
    clock: Clock
    pages: Mapping[str, str | None] = field(default_factory=dict)  # of products: see `tracking/kafka_links.py`
    hosts: Mapping[str, int] = field(default_factory=dict)  # of these pages
    creative_links: Mapping[str, str] = field(default_factory=dict)  # of creatives: `tracking/kafka_creative_links.py`


def build(parts: Parts, settings: WebSettings) -> Starlette:
    """The app; it starts nothing."""
    origins = Origins.of(settings.web_origins, settings.url)
    limit = RateLimit(settings.web_rate_per_s, settings.web_burst)
    app = Starlette(
        routes=routes(parts, settings),
        middleware=[Middleware(Guard, origins, limit, parts.clock.monotonic)],
        exception_handlers={
            AdloomError: refuse,
            ClientDisconnect: refuse,
            HTTPException: refuse,
            Exception: refuse,
        },
    )
    app.router.redirect_slashes = False  # it would lead to whatever host the request names
    return app


def routes(parts: Parts, settings: WebSettings) -> list[Route]:
    """Every path that is answered."""
    link_of = links_of(parts.catalogue, parts.pages, settings.web_link, settings.url)
    own_link_of = own_links_of(parts.creative_links, parts.hosts)
    leads = Leads(link_of, own_link_of, settings.web_home, settings.front, settings.web_click_parameter)
    visits = Visits(parts.keys, parts.clock, parts.publisher, leads, settings.patience_s)
    bodies, consent = Bodies(settings.patience_s), consent_of(settings.consent)
    select = SelectRoute(parts.services, settings.url, bodies, consent)
    shop = DemoShop(parts.catalogue, parts.pages)
    return [
        Route("/v1/select", select.answer, methods=["POST"]),
        Route("/v1/events", EventsRoute(parts.services, bodies, consent).answer, methods=["POST"]),
        Route("/a/{name}", PictureRoute(pictures_in(settings.assets_dir)).answer),
        Route("/c/{token}", visits.click),
        Route("/r/{token}", visits.pixel, methods=["GET"]),
        Route("/r/{token}", visits.beacon, methods=["POST"]),
        Route("/adloom.js", script),
        Route("/openapi.json", OpenApi(settings.url).answer),
        *([Route("/demo", shop.page), Route("/demo/{name}", shop.picture)] if settings.web_demo else []),
    ]
