"""What Faust's recovery is told of a local store, and that one which is replaced ends."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import aiokafka
import pytest
from aiokafka.errors import KafkaConnectionError
from faust.types import TP

from services.common.health import Readiness
from services.features.memory_store import MemoryStore
from services.stream.topology import build
from services.wire.faust_app import WorkerSettings, faust_app
from services.wire.faust_changelog import Span
from services.wire.faust_recovery import CarefulRecovery
from services.wire.faust_restore import Restorer, end_where_cancelled
from services.wire.faust_step import Lost


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
    with pytest.raises(Lost):
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
