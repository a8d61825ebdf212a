"""Serves a process's liveness, readiness and metrics: `/live`, `/ready` and `/metrics`."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http import HTTPStatus

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from services.runtime.http_port import Answer, HttpPort


class Readiness:
    """Tracks which parts a process waits for; shared between threads, initially waiting for `start`."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._monotonic = monotonic
        self._waiting_for: set[str] = {"start"}
        self._progress_at = monotonic()

    def waiting_for(self, part: str) -> None:
        """Marks `part` as missing; the process is not ready without it."""
        with self._lock:
            self._waiting_for.add(part)

    def has(self, part: str) -> None:
        """Marks `part` as available."""
        with self._lock:
            self._waiting_for.discard(part)
            self._progress_at = self._monotonic()

    def ready(self) -> None:
        """Marks the process as ready: it waits for no part."""
        with self._lock:
            self._waiting_for.clear()
            self._progress_at = self._monotonic()

    def progress(self) -> None:
        """Records progress, which resets the watchdog's clock."""
        self._progress_at = self._monotonic()

    def idle_s(self) -> float:
        """Seconds since the last progress."""
        return self._monotonic() - self._progress_at

    def waits(self) -> list[str]:
        """Parts that are missing, sorted; empty when ready."""
        with self._lock:
            return sorted(self._waiting_for)


class HealthServer:
    """Serves probes on loopback, or on every address in a pod (`::`, for probes by IPv4 and by IPv6).

    `/ready` answers 200 or 503 with `{"ready":, "waiting_for":, "idle_s":}`; `/live` answers 200 for as long as the
    interpreter runs, waiting or not; `/metrics` is Prometheus text. Silent callers, huge
    requests and many connections do not keep others from an answer (`http_port.py`).
    """

    def __init__(
        self, port: int, readiness: Readiness, host: str = "127.0.0.1", registry: CollectorRegistry = REGISTRY
    ) -> None:
        self._readiness = readiness
        self._registry = registry
        self._http = HttpPort(host, port, self._answer)
        self.port = self._http.port

    def start(self) -> None:
        """Starts answering in its own thread."""
        self._http.start()

    def stop(self) -> None:
        """Stops answering and closes the port."""
        self._http.stop()

    def _answer(self, path: str) -> Answer:
        if path == "/ready":
            waits = self._readiness.waits()
            report = {"ready": not waits, "waiting_for": ", ".join(waits), "idle_s": round(self._readiness.idle_s(), 3)}
            status = HTTPStatus.SERVICE_UNAVAILABLE if waits else HTTPStatus.OK
            return Answer(status, "application/json", json.dumps(report).encode())
        if path == "/live":
            return Answer(HTTPStatus.OK, "text/plain", b"alive\n")
        if path == "/metrics":
            return Answer(HTTPStatus.OK, "text/plain; version=0.0.4", generate_latest(self._registry))
        return Answer(HTTPStatus.NOT_FOUND, "text/plain", b"see /live, /ready and /metrics\n")
