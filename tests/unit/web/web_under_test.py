"""The app of `web` put together from shipped fakes, and a client that follows nothing by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partialmethod
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from services.assets.creative import Creative, Draft, finished
from services.assets.house import house_picture
from services.assets.pictures.picture_store import pictures_in
from services.catalogue.catalogue import demo_catalogue
from services.common.clock import FixedClock, to_ms
from services.common.token import Token, TokenKeys
from services.common.verdict import STAND_IN
from services.web.app import Parts, build
from services.web.memory_services import MemoryServices
from services.web.settings import WebSettings
from services.web.tracking.publisher import Publisher
from services.wire.codec.decode import decode
from services.wire.codec.envelope import Envelope
from services.wire.codec.memory_sink import MemorySink

URL = "https://ads.shop.example"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/150.0"
KEYS = TokenKeys("1", {"1": b"t" * 32})
USER = "u1-" + "0" * 32
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Client:
    """Asks an app without a socket."""

    def __init__(self, app: Starlette) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request; its answer is not followed."""

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, headers={"user-agent": BROWSER}) as client:
                return await client.request(method, f"{URL}{path}", **more)

        return asyncio.run(ask())

    def ask_app(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        """One request as a server hands it to the app: the path is decoded, and may be anything."""
        scope = {"type": "http", "method": method, "path": path, "raw_path": b"", "query_string": b"", "root_path": ""}
        scope |= {"headers": [(name.encode(), text.encode()) for name, text in headers.items()], "scheme": "https"}
        scope |= {"http_version": "1.1", "client": ("192.0.2.1", 5), "server": ("ads.shop.example", 443)}
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self._transport.app(scope, receive, send))  # type: ignore[arg-type]
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=content)

    get = partialmethod(request, "GET")
    head = partialmethod(request, "HEAD")
    post = partialmethod(request, "POST")


class WebUnderTest:
    """The app, and what came of its requests."""

    def __init__(self, folder: Path, threads: ThreadPoolExecutor) -> None:
        self.picture = house_picture("1080x1080")
        self.sha256 = pictures_in(folder).put(self.picture)
        self.clock = FixedClock(NOW)
        self.sink = MemorySink(self.clock)
        self.creative = _creative(self.sha256)
        self.services = MemoryServices(self.creative, KEYS, self.clock)
        self.settings = WebSettings(
            web_url=URL, assets_dir=str(folder), patience_s=0.5, web_link=URL + "/p/{product_id}"
        )
        publisher = Publisher(self.sink, threads, wait_s=5.0)
        self.parts = Parts(self.services, publisher, lambda: KEYS, demo_catalogue(), self.clock)

    def client(self, **settings: Any) -> Client:
        """A browser's client of the app with these settings."""
        return Client(build(self.parts, replace(self.settings, **settings)))

    def token(self, product_id: str = "tee-breton", age_ms: int = 0, keys: TokenKeys = KEYS) -> str:
        """A token of an ad for the product."""
        return keys.sign(Token("i-1", USER, "c-1", product_id, 0.25, "front", 0, to_ms(NOW) - age_ms))

    def events(self, topic: str) -> list[Envelope]:
        """What lies on a topic, checked as every consumer checks it."""
        return [decode(raw) for raw in self.sink.read(topic)]


def _creative(sha256: str) -> Creative:
    texts = 'Salt & "sea" <b>', "", "Go"
    draft = Draft("tee-breton", "300x250", *texts, "catalogue", ai_generated=True, verdict=STAND_IN)
    return finished([draft], [sha256], NOW)[0]
