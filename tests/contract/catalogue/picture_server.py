"""An HTTP server on this machine that does to fetchers what servers do, good and bad."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from services.catalogue.photos.check_photo import LARGEST_BYTES
from tests.unit.catalogue.photos.pictures_made import picture

PICTURE = picture()
_SIMPLE: Final[dict[str, tuple[int, bytes, int | None]]] = {  # status, body, length that is told
    "text": (200, b"<html>Not found</html>", None),
    "missing": (404, b"", None),
    "busy": (503, b"", None),
    "cut": (200, PICTURE[:-100], len(PICTURE)),
    "endless": (200, bytes(LARGEST_BYTES + 10_000_000), 10**12),
}


class PictureServer(ThreadingHTTPServer):
    """Remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked = Counter[str]()  # by path
        self.hosts = set[str]()
        self.agents = set[str]()
        self.at_once = self.most_at_once = 0
        self.held = threading.Event()  # until it is set, /held... answers nothing
        self.edition = PICTURE  # what is behind /edition... and /nameless... now
        self.unchanged = Counter[str]()  # by path: how often it said that nothing had changed
        self.lock = threading.Lock()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing: fetchers hang up on what is too large or too slow."""


class _Handler(BaseHTTPRequestHandler):
    server: PictureServer

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.asked[self.path] += 1
            self.server.hosts.add(self.headers["Host"])
            self.server.agents.add(self.headers["User-Agent"])
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
        self.is_counted = True
        try:
            self.answer(self.path.strip("/").split("/"))
        finally:
            self.count_no_more()

    def count_no_more(self) -> None:
        """Before the last byte goes out: the fetcher may have asked for the next picture before this thread goes on."""
        with self.server.lock:
            self.server.at_once -= self.is_counted
            self.is_counted = False

    def answer(self, parts: list[str]) -> None:
        """What the first part of the path asks for; a picture where it says nothing."""
        first, rest = parts[0], parts[1:]
        if first in _SIMPLE:
            self.say(*_SIMPLE[first])
        elif first == "busy-once":
            self.say(429 if self.server.asked[self.path] == 1 else 200, PICTURE)
        elif first in ("ring", "to"):
            self.send_on(self.path if first == "ring" else "/".join(rest).replace("~", "/"))
        elif first.startswith("edition"):
            self.say_edition()
        elif first == "nameless":
            self.say(200, self.server.edition)
        elif first.startswith("drips"):
            self.drip(first)
        else:
            self.wait(first)
            self.say(200, PICTURE)

    def wait(self, first: str) -> None:
        if first == "held":
            self.server.held.wait(10)
        elif first == "slow":
            time.sleep(0.02)  # so that requests overlap

    def say_edition(self) -> None:
        """The picture that is there now, named as servers name content, where the caller has not got it."""
        name = f'"{hashlib.sha256(self.server.edition).hexdigest()[:16]}"'
        if self.headers["If-None-Match"] == name:
            self.server.unchanged[self.path] += 1
            self.say(304, b"")
            return
        self.say(200, self.server.edition, etag=name)

    def say(self, status: int, body: bytes, length: int | None = None, etag: str = "") -> None:
        self.send_response(status)
        if etag:
            self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("Content-Type", "text/plain")  # the content decides, not this
        self.end_headers()
        self.count_no_more()
        self.wfile.write(body)

    def send_on(self, location: str) -> None:
        self.send_response(302)
        self.send_header("Location", location)
        self.end_headers()

    def drip(self, first: str) -> None:
        """Sends so little at a time that no single read takes too long."""
        if first == "drips":
            self.say(200, b"", length=len(PICTURE))
        for _ in range(1_000):
            self.wfile.write(b"x")
            time.sleep(0.02)

    def log_message(self, format: str, *arguments: object) -> None:
        """Writes nothing."""


@contextmanager
def picture_server() -> Iterator[PictureServer]:
    server = PictureServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.held.set()
        server.shutdown()
        thread.join()
        server.server_close()
