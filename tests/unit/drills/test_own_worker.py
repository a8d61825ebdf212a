"""Metrics of a worker that is slow to answer are read again, and not taken for 0."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter

from services.common.errors import Broken
from services.runtime.health import HealthServer, Readiness
from services.tools.drills.own_worker import OwnWorker
from services.tools.drills.rebalancing.worker_group import TAKEOVERS, Frozen
from services.tools.stack.addresses import any_free_port


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[OwnWorker]:
    """A process that only sleeps; the test serves its metrics."""
    (tmp_path / "log").write_text("it could not go on")
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield OwnWorker("profiles", "profiles-0", tmp_path, {}, any_free_port(), process)
        process.kill()


def test_metrics_of_a_slow_worker_are_waited_for(worker: OwnWorker) -> None:
    registry = CollectorRegistry()
    counter = Counter(TAKEOVERS.removesuffix("_total"), "Takeovers.", registry=registry)
    counter.inc(3)
    server = HealthServer(worker.port, Readiness(), registry=registry)
    late = threading.Timer(0.4, server.start)
    assert worker.metric(TAKEOVERS) == 0, "it does not answer"
    late.start()
    try:
        assert worker.wait_for_metric(TAKEOVERS) == 3
        frozen = Frozen(worker, worker.wait_for_metric(TAKEOVERS))
        assert not frozen.is_back()
        counter.inc()
        assert frozen.is_back(), "however soon it came back"
    finally:
        late.join()
        server.stop()


def test_a_worker_that_ended_when_it_woke_is_not_waited_for(worker: OwnWorker) -> None:
    worker.end()
    with pytest.raises(Broken, match="profiles-0 ended when it woke: it could not go on"):
        Frozen(worker, 3.0).is_back()
