"""A group of workers on one stack that a drill starts, freezes, wakes and ends, and their partitions."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import redis

from services.common.errors import Broken
from services.common.topics import PARTITIONS
from services.features.feast_fence import owner_key
from services.runtime.fault_points import VARIABLE, arm, is_armed
from services.tools.drills.own_worker import OwnWorker
from services.tools.drills.waiting import until

TAKEOVERS = "adloom_takeovers_total"

FROZEN_AT = {1: "table.between", 2: "feast.before"}
"""Fault points at which workers of `profiles` freeze, by number: before the changelog write, before the Feast write."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A worker that is frozen."""

    worker: OwnWorker
    takeovers: float  # its counter before it froze; after it wakes, the counter may have grown before the first read

    def is_back(self) -> bool:
        """Whether it was assigned partitions again; raises `Broken` where it has ended instead."""
        if not self.worker.runs():
            raise Broken(f"rebalance: {self.worker.instance} ended when it woke: {self.worker.log_tail()}")
        return self.worker.metric(TAKEOVERS) > self.takeovers


@dataclass(slots=True)
class WorkerGroup:
    """All workers of all services, by service and number."""

    folder: Path
    environ: Mapping[str, str]
    redis: str
    services: Sequence[str]
    workers: list[OwnWorker] = field(default_factory=list)

    def start(self, *numbers: int) -> None:
        """Starts workers of these numbers; returns when each has partitions, and every partition has an owner."""
        fresh = [self.worker(service, number) for service in self.services for number in numbers]
        for worker in fresh:
            worker.start()
        for worker in fresh:
            until(f"{worker.instance} owns partitions", worker.owned)
        self.until_all_owned()

    def end(self, *numbers: int) -> None:
        """Ends workers of these numbers in order (SIGTERM); returns when others own their partitions."""
        for service in self.services:
            for number in numbers:
                self.worker(service, number).end(signal.SIGTERM)
        self.until_all_owned()

    def until_all_owned(self) -> None:
        """Returns when the running workers of each service own every partition once, and are ready."""
        for service in self.services:
            until(f"every partition of {service} has an owner", partial(self._all_owned, service))

    def _all_owned(self, service: str) -> bool:
        mine = [
            worker for worker in self.workers if worker.service == service and worker.runs() and not worker.is_frozen()
        ]
        return all(worker.ready() for worker in mine) and sum(worker.owned() for worker in mine) == PARTITIONS

    def worker(self, service: str, number: int) -> OwnWorker:
        """The worker of that number; creates it at the first call."""
        for worker in self.workers:
            if worker.instance == f"{service}-{number}":
                return worker
        folder = self.folder / f"{service}-{number}"
        (folder / "points").mkdir(parents=True)
        self.workers.append(OwnWorker(service, folder.name, folder, {**self.environ, VARIABLE: str(folder / "points")}))
        return self.workers[-1]

    def freeze(self) -> list[Frozen]:
        """Freezes two workers of `profiles`, each in the middle of a batch; needs traffic in all partitions."""
        until("three workers write rows", lambda: len({name.split(b"/")[0] for name in self._owners()}) == 3)
        taken = {number: self.worker("profiles", number).wait_for_metric(TAKEOVERS) for number in FROZEN_AT}
        for number, point in FROZEN_AT.items():
            arm(self._points(number), "profiles", point, signum=signal.SIGSTOP)
        for number, point in FROZEN_AT.items():
            until(f"profiles-{number} froze at {point}", partial(self._is_frozen, number, point))
        return [Frozen(self.worker("profiles", number), count) for number, count in taken.items()]

    def wake(self, frozen: Sequence[Frozen]) -> None:
        """Wakes them; returns when they are members of their consumer group again."""
        for one in frozen:
            one.worker.send(signal.SIGCONT)
        for one in frozen:
            until(f"{one.worker.instance} is back", one.is_back)
        self.until_all_owned()

    def _is_frozen(self, number: int, point: str) -> bool:
        return not is_armed(self._points(number), "profiles", point)

    def _points(self, number: int) -> Path:
        return self.worker("profiles", number).folder / "points"

    def _owners(self) -> list[bytes]:
        """The owner of each partition in Redis; empty unless all partitions have owners of one generation."""
        host, _, port = self.redis.rpartition(":")
        with redis.Redis(host=host, port=int(port)) as client:
            names: Any = client.mget([owner_key(partition) for partition in range(PARTITIONS)])
        found = [name for name in names if name is not None]
        return found if len(found) == PARTITIONS and len({n.rpartition(b"/")[2] for n in found}) == 1 else []
