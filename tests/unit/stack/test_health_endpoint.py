"""The health endpoint of a process gives readiness and metrics, and may not answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter

from services.common.errors import Unavailable
from services.runtime.health import HealthServer, Readiness
from services.tools.stack.health_endpoint import HealthEndpoint, health_endpoint
from services.tools.stack.state_dir import StateDir

NOBODY = HealthEndpoint("127.0.0.1:1", "profiles")


@pytest.fixture
def served() -> Iterator[tuple[HealthServer, Readiness]]:
    registry, readiness = CollectorRegistry(), Readiness()
    counter = Counter("made_events", "Events.", ["topic", "fate"], registry=registry)
    counter.labels("ad.views", "applied").inc(3)
    counter.labels("ad.clicks", "applied").inc(2)
    counter.labels("ad.clicks", "duplicate").inc(1)
    server = HealthServer(0, readiness, registry=registry)
    server.start()
    yield server, readiness
    server.stop()


def test_a_process_is_ready_when_it_says_so(served: tuple[HealthServer, Readiness]) -> None:
    server, readiness = served
    endpoint = HealthEndpoint(f"127.0.0.1:{server.port}", "profiles")
    assert not endpoint.ready()
    readiness.ready()
    assert endpoint.ready()
    readiness.waiting_for("redis")
    assert not endpoint.ready()
    assert endpoint.readiness()["waiting_for"] == "redis"


def test_a_metric_is_summed_over_the_samples_with_the_labels(served: tuple[HealthServer, Readiness]) -> None:
    endpoint = HealthEndpoint(f"127.0.0.1:{served[0].port}", "profiles")
    assert endpoint.metric("made_events_total") == 6
    assert endpoint.metric("made_events_total", topic="ad.clicks") == 3
    assert endpoint.metric("made_events_total", topic="ad.clicks", fate="duplicate") == 1
    assert endpoint.metric("made_events_total", fate="moved") == 0
    assert endpoint.metric("made_events") == 0  # the name is the sample's, whole


def test_an_endpoint_that_does_not_answer_is_not_ready_and_has_no_counts() -> None:
    assert not NOBODY.ready()
    assert NOBODY.readiness() == {}
    assert NOBODY.metric("made_events_total") == 0
    with pytest.raises(Unavailable, match="profiles is unavailable: it does not tell .*refused"):
        NOBODY.samples()


def test_the_health_endpoint_of_a_process_is_found_by_its_stack(tmp_path: Path) -> None:
    state_dir = StateDir(tmp_path).make()
    state_dir.ports.write_text(json.dumps({"kafka": 20001, "health_profiles": 20002}))
    assert health_endpoint(state_dir, "profiles") == HealthEndpoint("127.0.0.1:20002", "profiles")
    assert health_endpoint(state_dir, "kafka") is None
