"""Workers of one stack that a drill starts, freezes, wakes and ends, and who of them owns what."""

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
"""Where workers of `profiles` freeze, by number: with states that the changelog has not yet, with rows for Feast."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A worker that stands still."""

    worker: OwnWorker
    takeovers: float  # counted before it froze: once it is awake it may be back before it could be asked

    def is_back(self) -> bool:
        """Whether it was given partitions again since; raises `Broken` where it has ended instead."""
        if not self.worker.runs():
            raise Broken(f"rebalance: {self.worker.instance} ended when it woke: {self.worker.last_words()}")
        return self.worker.metric(TAKEOVERS) > self.takeovers


@dataclass(slots=True)
class Crowd:
    """All workers of all rooms, by room and number."""

    folder: Path
    environ: Mapping[str, str]
    redis: str
    rooms: Sequence[str]
    workers: list[OwnWorker] = field(default_factory=list)

    def start(self, *numbers: int) -> None:
        """Starts these of each room; returns when they have partitions, and every partition has an owner."""
        fresh = [self.worker(room, number) for room in self.rooms for number in numbers]
        for worker in fresh:
            worker.start()
        for worker in fresh:
            until(f"{worker.instance} owns something", worker.owned)
        self.until_all_owned()

    def end(self, *numbers: int) -> None:
        """Ends these of each room in order (SIGTERM); returns when others own what they had."""
        for room in self.rooms:
            for number in numbers:
                self.worker(room, number).end(signal.SIGTERM)
        self.until_all_owned()

    def until_all_owned(self) -> None:
        """Returns when the running workers of each room own every partition once, and wait for nothing."""
        for room in self.rooms:
            until(f"every partition of {room} has an owner", partial(self._all_owned, room))

    def _all_owned(self, room: str) -> bool:
        mine = [worker for worker in self.workers if worker.room == room and worker.runs() and not worker.is_frozen()]
        return all(worker.ready() for worker in mine) and sum(worker.owned() for worker in mine) == PARTITIONS

    def worker(self, room: str, number: int) -> OwnWorker:
        """The worker of that number, made where there is none yet."""
        for worker in self.workers:
            if worker.instance == f"{room}-{number}":
                return worker
        folder = self.folder / f"{room}-{number}"
        (folder / "points").mkdir(parents=True)
        self.workers.append(OwnWorker(room, folder.name, folder, {**self.environ, VARIABLE: str(folder / "points")}))
        return self.workers[-1]

    def freeze(self) -> list[Frozen]:
        """Two workers of `profiles`, each in the middle of a batch; there must be traffic in all partitions."""
        until("three workers write rows", lambda: len({name.split(b"/")[0] for name in self._owners()}) == 3)
        taken = {number: self.worker("profiles", number).told(TAKEOVERS) for number in FROZEN_AT}
        for number, place in FROZEN_AT.items():
            arm(self._points(number), "profiles", place, signum=signal.SIGSTOP)
        for number, place in FROZEN_AT.items():
            until(f"profiles-{number} froze {place}", partial(self._is_frozen, number, place))
        return [Frozen(self.worker("profiles", number), count) for number, count in taken.items()]

    def wake(self, frozen: Sequence[Frozen]) -> None:
        """Lets them go on where they were; returns when they have come back to the group."""
        for one in frozen:
            one.worker.send(signal.SIGCONT)
        for one in frozen:
            until(f"{one.worker.instance} is back", one.is_back)
        self.until_all_owned()

    def _is_frozen(self, number: int, place: str) -> bool:
        return not is_armed(self._points(number), "profiles", place)

    def _points(self, number: int) -> Path:
        return self.worker("profiles", number).folder / "points"

    def _owners(self) -> list[bytes]:
        """Who wrote rows of each partition, where all of them have one, as of one generation."""
        host, _, port = self.redis.rpartition(":")
        with redis.Redis(host=host, port=int(port)) as client:
            names: Any = client.mget([owner_key(partition) for partition in range(PARTITIONS)])
        found = [name for name in names if name is not None]
        return found if len(found) == PARTITIONS and len({n.rpartition(b"/")[2] for n in found}) == 1 else []
