"""A fetch that came while the flow was stopped is read again; that it cannot be is no end, a mistake of ours is one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import GroupCoordinatorNotAvailableError, IllegalStateError
from faust.types.tuples import TP

from services.wire.faust.app import WorkerSettings, faust_app
from services.wire.faust.consumer import BatchConsumer

TP_0 = TP("ad.views", 0)


class Seeking(BatchConsumer):
    """Whose seek ends as a test says."""

    ends: Exception | Mapping[TP, int]

    async def seek_to_committed(self) -> Mapping[TP, int]:
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends


def handed_over(folder: Path, ends: Exception | Mapping[TP, int]) -> Mapping[TP, int | None]:
    """How far a consumer believes to have read after a fetch that came while its flow was stopped."""

    async def scene() -> Mapping[TP, int | None]:
        app = faust_app("seeking", WorkerSettings(data_dir=folder, store="memory"))
        transport: Any = app.transport
        transport.Consumer = Seeking
        consumer: Any = app.consumer
        consumer.ends = ends
        consumer.stop_flow()
        try:
            await consumer._hand_over({TP_0: ["never looked at"]}, {TP_0}, 1)
            return dict(consumer._read_offset)
        finally:
            consumer._thread.thread_loop.close()

    return asyncio.run(scene())


def test_the_place_is_the_committed_one(tmp_path: Path) -> None:
    assert handed_over(tmp_path, {TP_0: 17}) == {TP_0: 17}


@pytest.mark.parametrize(
    "why",
    [
        GroupCoordinatorNotAvailableError(),
        IllegalStateError("No current assignment for partition"),
        AssertionError("No partitions are currently assigned"),
    ],
    ids=lambda why: type(why).__name__,
)
def test_no_broker_and_no_partitions_leave_it_to_the_recovery(tmp_path: Path, why: Exception) -> None:
    assert handed_over(tmp_path, why) == {}


def test_anything_else_is_not_swallowed(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="a mistake"):
        handed_over(tmp_path, TypeError("a mistake"))


def test_aiokafka_asserts_that_something_is_assigned(tmp_path: Path) -> None:
    async def scene() -> None:
        app = faust_app("asserting", WorkerSettings(data_dir=tmp_path, store="memory"))
        consumer: Any = app.consumer
        fetches = consumer._thread._create_worker_consumer(app.transport)
        try:
            with pytest.raises(AssertionError, match="No partitions"):
                await fetches.seek_to_committed()
        finally:
            await fetches.stop()
            consumer._thread.thread_loop.close()

    asyncio.run(scene())
