"""How a process tells that it is alive, what it waits for and how far it got: `/live`, `/ready` and `/metrics`."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest


class Readiness:
    """Shared between the threads of a process; starts as waiting for `start`."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._monotonic = monotonic
        self._waiting_for: set[str] = {"start"}
        self._progress_at = monotonic()

    def waiting_for(self, part: str) -> None:
        """The process cannot go on without `part`."""
        with self._lock:
            self._waiting_for.add(part)

    def has(self, part: str) -> None:
        """`part` is there (again)."""
        with self._lock:
            self._waiting_for.discard(part)
            self._progress_at = self._monotonic()

    def ready(self) -> None:
        """The process waits for nothing."""
        with self._lock:
            self._waiting_for.clear()
            self._progress_at = self._monotonic()

    def progress(self) -> None:
        """Something was done; the watchdog's clock starts anew."""
        self._progress_at = self._monotonic()

    def idle_s(self) -> float:
        """Seconds since the last progress."""
        return self._monotonic() - self._progress_at

    def waits(self) -> list[str]:
        """Parts that are missing, sorted; empty when ready."""
        with self._lock:
            return sorted(self._waiting_for)


class HealthServer:
    """Serves probes on loopback, or on every address in a pod.

    `/ready` answers 200 or 503 with `{"ready":, "waiting_for":, "idle_s":}`; `/live` answers 200 for as long as the
    interpreter runs, waiting or not; `/metrics` is Prometheus text.
    """

    def __init__(
        self, port: int, readiness: Readiness, host: str = "127.0.0.1", registry: CollectorRegistry = REGISTRY
    ) -> None:
        handler = type("Handler", (_Handler,), {"readiness": readiness, "registry": registry})
        self._server = _Server((host, port), handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)

    def start(self) -> None:
        """Starts answering, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stops answering and closes the port."""
        if self._thread.is_alive():  # `shutdown` waits for a loop that must have begun
            self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Binds without the look-up of a host name that `HTTPServer` makes; DNS may be slow or closed to us."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    timeout = 5  # seconds that a silent client may hold a thread
    readiness: Readiness
    registry: CollectorRegistry

    def do_GET(self) -> None:
        if self.path == "/ready":
            waits = self.readiness.waits()
            body = {"ready": not waits, "waiting_for": ", ".join(waits), "idle_s": round(self.readiness.idle_s(), 3)}
            self._answer(503 if waits else 200, "application/json", json.dumps(body).encode())
        elif self.path == "/live":
            self._answer(200, "text/plain", b"alive\n")
        elif self.path == "/metrics":
            self._answer(200, "text/plain; version=0.0.4", generate_latest(self.registry))
        else:
            self._answer(404, "text/plain", b"see /live, /ready and /metrics\n")

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Says nothing: probes come every second."""
