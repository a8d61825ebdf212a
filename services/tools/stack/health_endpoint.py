"""A client of our processes' health endpoints (`services/runtime/health.py`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from services.common.errors import Unavailable
from services.tools.stack.addresses import LOOPBACK
from services.tools.stack.state_dir import StateDir


@dataclass(frozen=True, slots=True)
class HealthEndpoint:
    """The health endpoint of one process, which may be down at any moment."""

    address: str
    process: str  # its name, for people
    timeout_s: float = 5.0

    def readiness(self) -> dict[str, Any]:
        """`ready`, `waiting_for` and `idle_s`; empty where the process does not answer."""
        try:
            found: dict[str, Any] = json.loads(self._page("ready"))
        except (OSError, HTTPException, ValueError):  # it may die in the middle of an answer
            return {}
        return found

    def ready(self) -> bool:
        """Whether it has what it needs and waits for nothing; a worker then owns its partitions."""
        return bool(self.readiness().get("ready"))

    def samples(self) -> list[Sample]:
        """Its metrics: name, labels, value; raises `Unavailable` where the process does not answer."""
        try:
            text = self._page("metrics").decode()
        except (OSError, HTTPException) as exc:
            raise Unavailable(self.process, f"it does not tell what it has counted ({exc})") from exc
        return [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    def metric(self, name: str, **labels: str) -> float:
        """The sum over the samples of that name with these labels; 0 where there is none yet or no answer."""
        try:
            found = self.samples()
        except Unavailable:
            return 0.0
        return total(found, name, labels)

    def _page(self, page: str) -> bytes:
        connection = HTTPConnection(self.address, timeout=self.timeout_s)  # directly: urllib would use a proxy
        try:
            connection.request("GET", f"/{page}")
            return connection.getresponse().read()
        finally:
            connection.close()


def total(samples: Iterable[Sample], name: str, labels: Mapping[str, str]) -> float:
    """The sum over the samples of that name with these labels; 0 where there is none."""
    return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())


def health_endpoint(state_dir: StateDir, process: str, timeout_s: float = 5.0) -> HealthEndpoint | None:
    """The endpoint of a process of the stack in `state_dir`; None for Kafka, Redis and Triton, which have none."""
    port = json.loads(state_dir.ports.read_text()).get(f"health_{process}")
    return HealthEndpoint(f"{LOOPBACK}:{port}", process, timeout_s) if port else None
