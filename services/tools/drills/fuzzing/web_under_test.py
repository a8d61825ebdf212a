"""The app of the process `web`, put together from the shipped fakes, and asked as uvicorn asks it: by an ASGI scope."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote_from_bytes, unquote

from services.assets.creative import Draft, finished
from services.assets.house import house_picture
from services.assets.pictures.picture_store import pictures_in
from services.catalogue.catalogue import demo_catalogue
from services.common.clock import FixedClock
from services.common.verdict import STAND_IN
from services.tools.drills.fuzzing.target_events import Broker
from services.tools.drills.fuzzing.target_token import KEYS, NOW
from services.web.app import Parts, build
from services.web.memory_services import MemoryServices
from services.web.refused import Refused
from services.web.settings import PRODUCT, WebSettings
from services.web.tracking.publisher import Publisher
from services.wire.codec.envelope import Record
from services.wire.codec.ports import OnDelivery

URL: Final = "https://ads.shop.example"
HOME: Final = "https://shop.example/home"
LINK: Final = f"https://shop.example/p/{PRODUCT}"
SECRET: Final = b"the content of a file that is no picture"
_HIDDEN: Final = ("secret.json", "pictures/secret.json", f"pictures/00/{'0' * 63}g.png", f"pictures/{'0' * 64}.png")
_DOWN: Final = Refused("UNAVAILABLE", "creative is late or down: ask again")
_AS_SENT: Final = "/%?&=:@!$'()*+,;"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; with `left` the caller goes away before its body, with `down` the services behind do not answer."""

    method: str
    path: bytes
    query: bytes
    body: bytes
    headers: Sequence[tuple[bytes, bytes]] = ()
    left: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What the app sent, and how many records it published."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    published: int

    def header(self, name: bytes) -> bytes:
        """The header of that name; nothing where there is none."""
        return dict(self.headers).get(name, b"")


@dataclass
class CountingBroker(Broker):
    """As `Broker`, and counts."""

    taken: int = 0

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """See `Broker.send`."""
        self.taken += 1
        super().send(record, on_delivery)


@dataclass
class _Exchange:
    """The two sides of one request, as an ASGI app sees them."""

    asked: Asked
    given: int = 0
    sent: list[Any] = field(default_factory=list)

    async def receive(self) -> Any:
        """The body in two parts; nobody is there afterwards."""
        self.given += 1
        if self.asked.left or self.given > 2:
            return {"type": "http.disconnect"}
        half = len(self.asked.body) // 2
        part = self.asked.body[half:] if self.given > 1 else self.asked.body[:half]
        return {"type": "http.request", "body": part, "more_body": self.given < 2}

    async def send(self, message: Any) -> None:
        self.sent.append(message)


class WebUnderTest:
    """The app with one picture, and files beside it that nobody may read."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._threads = ThreadPoolExecutor(1)
        self._loop.set_default_executor(self._threads)
        self._broker = CountingBroker()
        self.picture = house_picture("300x250")
        self.sha256 = pictures_in(folder).put(self.picture)
        for name in _HIDDEN:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(SECRET)
        catalogue = demo_catalogue()
        texts = 'Salt & "sea" <b>', "", "Go"
        draft = Draft("tee-breton", "300x250", *texts, "catalogue", ai_generated=True, verdict=STAND_IN)
        creative = finished([draft], [self.sha256], NOW)[0]
        self._services = MemoryServices(creative, KEYS, FixedClock(NOW))
        publisher = Publisher(self._broker, self._threads, wait_s=30.0)
        parts = Parts(self._services, publisher, lambda: KEYS, catalogue, FixedClock(NOW))
        self._app = build(parts, WebSettings(web_url=URL, web_home=HOME, web_link=LINK, web_rate_per_s=0.0,
                                             assets_dir=str(folder), patience_s=30.0))  # fmt: skip

    def close(self) -> None:
        """Ends the threads and the loop."""
        self._threads.shutdown()
        self._loop.close()

    def ask(self, asked: Asked) -> Answered:
        """The answer to one request; an error that the app lets out is raised."""
        self._services.failure = _DOWN if asked.down else None
        before, exchange = self._broker.taken, _Exchange(asked)
        self._loop.run_until_complete(self._app(scope_of(asked), exchange.receive, exchange.send))
        self._services.selects.clear()
        self._services.publishes.clear()
        start, *rest = exchange.sent
        body = b"".join(message.get("body", b"") for message in rest)
        return Answered(start["status"], start["headers"], body, self._broker.taken - before)


def scope_of(asked: Asked) -> dict[str, Any]:
    """The request as uvicorn hands it over: a target of printable ASCII, its path decoded, header names in lower case.

    >>> scope_of(Asked("GET", b"/a/%2e%ff\\0", b"", b""))["path"]
    '/a/.\ufffd\\x00'
    """
    raw = quote_from_bytes(asked.path, safe=_AS_SENT).partition("?")[0]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "https",
        "path": unquote(raw),
        "raw_path": raw.encode(),
        "root_path": "",
        "query_string": quote_from_bytes(asked.query, safe=_AS_SENT).encode(),
        "headers": [(name.lower(), value) for name, value in asked.headers],
        "client": ("192.0.2.1", 5),
        "server": ("ads.shop.example", 443),
    }
