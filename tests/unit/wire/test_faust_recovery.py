"""What Faust's recovery is told of a local store, and that one which is replaced ends."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import aiokafka
import pytest
from aiokafka.errors import KafkaConnectionError
from faust.tables.recovery import Recovery
from faust.types import TP

from services.features.memory_store import MemoryStore
from services.profiles.topology import build
from services.runtime.health import Readiness
from services.wire.faust.app import WorkerSettings, faust_app
from services.wire.faust.batch import PartitionsRevoked
from services.wire.faust.states.changelog import Span
from services.wire.faust.states.recovery import CarefulRecovery
from services.wire.faust.states.restore import Restorer, end_where_cancelled


def test_a_store_has_come_to_where_it_was_last_read_to_however_often(tmp_path: Path) -> None:
    app = faust_app("profiles", WorkerSettings(store="memory", data_dir=tmp_path))
    recovery = CarefulRecovery(app, app.tables)
    changelog = TP("states", 0)
    for end in (3, 4, 7):
        recovery.has_come_to({changelog: Span(0, end)})
        assert recovery.active_offsets[changelog] == end - 1


def test_partitions_are_not_ours_before_their_states_are_there_though_an_earlier_recovery_ends(tmp_path: Path) -> None:
    worker = build(MemoryStore(), WorkerSettings(data_dir=tmp_path), lambda _: None, 120, Readiness())
    recovery = worker.app.tables.recovery  # type: ignore[attr-defined]
    worker.generation = worker.app.consumer_generation_id = 2
    worker.app.on_rebalance_start()
    recovery.began = worker.app.rebalancing_count
    worker.app.on_rebalance_start()  # the next one, before the states of the first are there
    worker.app.on_rebalance_end()  # as Faust says when they are
    recovery.ended = recovery.began
    with pytest.raises(PartitionsRevoked):
        worker.check_ours()
    recovery.ended = worker.app.rebalancing_count
    worker.check_ours()


def test_a_recovery_that_is_replaced_ends_also_where_a_client_swallowed_that() -> None:
    async def recover() -> None:
        with contextlib.suppress(asyncio.CancelledError):  # as aiokafka's consumer does while it stops
            await asyncio.sleep(60)
        end_where_cancelled()

    async def replace() -> None:
        recovery = asyncio.ensure_future(recover())
        await asyncio.sleep(0)
        recovery.cancel()
        with pytest.raises(asyncio.CancelledError):
            await recovery

    asyncio.run(replace())


async def nothing(*_: object) -> None: ...


class Idle:
    """A consumer that no broker has given anything to."""

    def stop_flow(self) -> None: ...


def recovery_of(folder: Path) -> CarefulRecovery:
    """A worker's, whose app is in the group's second generation; no broker is there."""
    worker = build(MemoryStore(), WorkerSettings(data_dir=folder), lambda _: None, 120, Readiness())
    app: Any = worker.app
    recovery: CarefulRecovery = app.tables.recovery
    app.consumer = Idle()  # its own would start a thread
    app.consumer_generation_id = 2
    recovery.began = 5
    return recovery


@pytest.mark.parametrize(("of_generation", "over"), [(1, False), (2, True)])
def test_only_the_newest_generation_s_recovery_is_over_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_generation: int, over: bool
) -> None:
    monkeypatch.setattr(Recovery, "on_recovery_completed", nothing)  # which seeks in a consumer that is connected

    async def complete() -> None:
        recovery = recovery_of(tmp_path)
        await recovery.on_recovery_completed(of_generation)
        assert (recovery.ended == recovery.began) is over

    asyncio.run(complete())


def test_a_recovery_that_was_replaced_while_it_restored_says_nothing_of_its_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    async def swallow(*_: object) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)

    async def take_over(_: object) -> dict[TP, Span]:
        return {}

    for name, double in {"_build_highwaters": nothing, "_build_offsets": nothing, "_take_over": take_over}.items():
        monkeypatch.setattr(CarefulRecovery, name, double)
    monkeypatch.setattr(CarefulRecovery, "_restore", swallow)
    monkeypatch.setattr(CarefulRecovery, "has_come_to", lambda *_: said.append("it has come to"))

    async def replace() -> None:
        recovering = asyncio.ensure_future(recovery_of(tmp_path)._recover(1))
        await asyncio.sleep(0)
        recovering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await recovering

    asyncio.run(replace())
    assert not said


class Away:
    """aiokafka's consumer where no broker answers, and which swallows being cancelled while it stops."""

    made = 0

    def __init__(self, **_: object) -> None:
        Away.made += 1

    async def start(self) -> None:
        if Away.made > 5:
            raise AssertionError("it asks for ever")
        raise KafkaConnectionError("no broker")

    async def stop(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.1)


def test_a_reading_that_is_replaced_while_kafka_is_away_is_not_begun_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiokafka, "AIOKafkaConsumer", Away)

    async def replace() -> None:
        reading = asyncio.ensure_future(Restorer("nobody:1", None).restore({TP("states", 0): Span(0, 9)}))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert Away.made == 1

    asyncio.run(replace())


def test_a_recovery_that_nothing_replaces_goes_on() -> None:
    async def recover() -> None:
        end_where_cancelled()

    asyncio.run(recover())
