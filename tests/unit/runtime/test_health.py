"""Probes and people learn from `/ready`, `/live` and `/metrics` what a process waits for and how far it got."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter

from services.runtime.health import HealthServer, Readiness

ROOT = Path(__file__).resolve().parents[3]


class HandClock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@contextmanager
def serving(readiness: Readiness, registry: CollectorRegistry | None = None) -> Iterator[HealthServer]:
    server = HealthServer(0, readiness, registry=registry or CollectorRegistry())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def get(server: HealthServer, path: str) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type") or "", answer.read()
    finally:
        connection.close()


def test_a_process_that_has_just_started_is_not_ready() -> None:
    with serving(Readiness(HandClock())) as server:
        status, kind, body = get(server, "/ready")
    assert (status, kind) == (503, "application/json")
    assert json.loads(body) == {"ready": False, "waiting_for": "start", "idle_s": 0.0}


def test_readiness_follows_the_parts_that_are_missing() -> None:
    readiness = Readiness(HandClock())
    with serving(readiness) as server:
        readiness.ready()
        assert get(server, "/ready")[0] == 200
        readiness.waiting_for("redis")
        readiness.waiting_for("kafka")
        assert json.loads(get(server, "/ready")[2])["waiting_for"] == "kafka, redis"
        readiness.has("kafka")
        assert get(server, "/ready")[0] == 503
        readiness.has("redis")
        assert json.loads(get(server, "/ready")[2]) == {"ready": True, "waiting_for": "", "idle_s": 0.0}


def test_idle_time_counts_from_the_last_progress() -> None:
    clock = HandClock()
    readiness = Readiness(clock)
    clock.seconds += 12.5
    assert readiness.idle_s() == 12.5
    readiness.progress()
    clock.seconds += 1
    assert readiness.idle_s() == 1


def test_a_process_that_waits_is_alive_all_the_same() -> None:
    # Restarting a worker because the broker is away would only add a rebalance to the outage.
    with serving(Readiness(HandClock())) as server:
        assert get(server, "/ready")[0] == 503
        assert get(server, "/live")[0] == 200


def test_metrics_are_those_of_the_registry_in_prometheus_text() -> None:
    registry = CollectorRegistry()
    Counter("shown", "Creatives shown", registry=registry).inc(3)
    with serving(Readiness(), registry) as server:
        status, kind, body = get(server, "/metrics")
    assert (status, kind) == (200, "text/plain; version=0.0.4")
    assert b"shown_total 3.0" in body


def test_another_path_says_which_there_are() -> None:
    with serving(Readiness()) as server:
        status, _, body = get(server, "/")
    assert status == 404
    assert b"/ready" in body


def test_a_client_that_says_nothing_does_not_hold_up_the_probes() -> None:
    with serving(Readiness()) as server, socket.create_connection(("127.0.0.1", server.port)):
        assert get(server, "/live")[0] == 200


def test_a_stopped_server_gives_its_port_back() -> None:
    server = HealthServer(0, Readiness(), registry=CollectorRegistry())
    server.start()
    server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)


@pytest.mark.timeout(10)
def test_stopping_a_server_that_was_never_started_ends() -> None:
    HealthServer(0, Readiness(), registry=CollectorRegistry()).stop()


LOOK_UPS = """
import sys
asked = []
sys.addaudithook(lambda event, _: asked.append(event) if event.startswith("socket.get") else None)
from services.runtime.health import HealthServer, Readiness
HealthServer(0, Readiness(), host="0.0.0.0").stop()
sys.exit(f"asked for names: {asked}" if asked else 0)
"""


def test_no_name_is_looked_up_to_serve_on_every_address() -> None:
    # In a pod without a way to DNS such a look-up takes as long as the resolver's patience.
    done = subprocess.run([sys.executable, "-c", LOOK_UPS], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
