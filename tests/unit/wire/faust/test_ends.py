"""The watchdog hears of progress where a worker is level with its inputs, and not where it has lost them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from services.common.clock import SystemClock
from services.features.memory_store import MemoryStore
from services.profiles.topology import TOPICS, build
from services.runtime.health import Readiness
from services.wire.codec.envelope import TopicPartition
from services.wire.faust.app import WorkerSettings
from services.wire.faust.ends import EndsOfInputs
from services.wire.faust.watchdog import Limits, Signs, verdict
from services.wire.faust.worker import START

LEVEL: Mapping[TopicPartition, int] = {(topic, 0): 7 for topic in TOPICS}
LATER_S = 301.0


class Told(EndsOfInputs):
    """The broker says that nothing is left to read."""

    async def _ends(self) -> Mapping[TopicPartition, int]:
        return LEVEL


def idle_s(folder: Path, owning: bool) -> float:
    """For how long a worker, which has or had a partition and is level, has got no further after `LATER_S`."""

    async def scene() -> float:
        now = 0.0
        readiness = Readiness(lambda: now)
        worker = build(MemoryStore(), WorkerSettings(data_dir=folder, store="memory"), lambda _: None, 120, readiness)
        worker.marks.begin(LEVEL)
        worker.idle.set()
        if owning:
            readiness.has(START)
        now = LATER_S
        await Told(worker, SystemClock())._ask()
        return readiness.idle_s()

    return asyncio.run(scene())


def test_a_worker_that_is_level_makes_progress(tmp_path: Path) -> None:
    assert idle_s(tmp_path, owning=True) == 0.0


def test_a_worker_whose_partitions_do_not_come_back_is_ended_though_nobody_sends_anything(tmp_path: Path) -> None:
    waited = idle_s(tmp_path, owning=False)
    assert verdict(Signs(0.1, waited, (), owning=False, crashed=False), Limits(60.0, 300.0))
