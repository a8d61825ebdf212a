"""What every request meets before its route: the limit of its caller, and for `/v1/` the origin of its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.common.metrics import METRICS
from services.web.origins import Origins
from services.web.rate_limit import RateLimit
from services.web.refused import Refused, refusal_answer

LIMITED: Final = ("/v1/", "/c/", "/r/")
FOR_PAGES: Final = "/v1/"
KEY_HEADER: Final = "x-adloom-key"
_NOTHING: Final[Mapping[str, str]] = {}


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, origins: Origins, limit: RateLimit, monotonic: Callable[[], float]) -> None:
        self._app = app
        self._origins = origins
        self._limit = limit
        self._monotonic = monotonic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by itself, or lets the route answer and adds what the browser has to know."""
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "") if scope["path"].startswith(FOR_PAGES) else ""
        asks_first = origin != "" and scope["method"] == "OPTIONS"
        admitted = not origin or self._origins.admits(origin, headers.get("host", ""))
        told = self._origins.headers(origin, asks_first) if origin and admitted else _NOTHING
        app: ASGIApp = Response(status_code=204) if asks_first else self._app
        if not admitted:
            message = f"origin: {origin[:80]!r} where one of ADLOOM_WEB_ORIGINS was expected"
            app = refusal_answer(Refused("PERMISSION_DENIED", message, "origin"))
        elif not self._within_limit(scope, headers):
            message = "too many requests from one caller, come back in a second"
            app = refusal_answer(Refused("RESOURCE_EXHAUSTED", message))
        await self._answered(app, told, scope, receive, send)

    def _within_limit(self, scope: Scope, headers: Headers) -> bool:
        if not scope["path"].startswith(LIMITED):
            return True
        now_s = self._monotonic()
        return all(self._limit.admits(caller, now_s) for caller in callers(scope, headers))

    async def _answered(
        self, app: ASGIApp, told: Mapping[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                METRICS.web_requests.labels(route_of(scope["path"]), str(message["status"])).inc()
                MutableHeaders(scope=message).update(told)
            await send(message)

        await app(scope, receive, tell)


def callers(scope: Scope, headers: Headers) -> Iterator[str]:
    """Whom a request is counted for: its address, and the key that it shows."""
    client = scope.get("client")
    yield f"address {client[0] if client else ''}"
    if key := headers.get(KEY_HEADER):
        yield f"key {key[:128]}"


def route_of(path: str) -> str:
    """The first part of a path that we have, for the metrics.

    >>> route_of("/a/0123.png"), route_of("/v1/select"), route_of("/wp-login.php")
    ('a', 'v1/select', 'other')
    """
    first, _, rest = path.removeprefix("/").partition("/")
    name = f"{first}/{rest}" if first == "v1" else first
    return name if name in ROUTES else "other"


ROUTES: Final = frozenset({"v1/select", "v1/events", "a", "c", "r", "adloom.js", "demo", "openapi.json"})
