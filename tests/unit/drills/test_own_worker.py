"""A worker that a busy machine keeps from answering is asked again: what it has counted is not nothing."""

from __future__ import annotations

import threading
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter

from services.common.health import HealthServer, Readiness
from services.stack.addresses import any_free_port
from services.stack.drills.own_worker import OwnWorker
from services.stack.drills.rebalancing.crowd import TAKEOVERS, Frozen


def test_what_a_slow_worker_has_counted_is_waited_for(tmp_path: Path) -> None:
    registry, port = CollectorRegistry(), any_free_port()
    counter = Counter(TAKEOVERS.removesuffix("_total"), "Takeovers.", registry=registry)
    counter.inc(3)
    worker = OwnWorker("profiles", "profiles-0", tmp_path, {}, port)
    server = HealthServer(port, Readiness(), registry=registry)
    late = threading.Timer(0.4, server.start)
    assert worker.metric(TAKEOVERS) == 0, "nobody answers"
    late.start()
    try:
        assert worker.told(TAKEOVERS) == 3
        frozen = Frozen(worker, worker.told(TAKEOVERS))
        assert not frozen.is_back()
        counter.inc()
        assert frozen.is_back(), "however soon it came back"
    finally:
        late.join()
        server.stop()
