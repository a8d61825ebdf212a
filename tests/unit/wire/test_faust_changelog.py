"""Who may write to a changelog, and how it is noticed that somebody else did."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import aiokafka
import pytest

from services.wire.faust.batch import PartitionsRevoked
from services.wire.faust.states.changelog import EPOCH_MARKER, Changelog, EpochFilter, Span, Write

Headers = tuple[tuple[str, bytes], ...]


@dataclass
class Batch:
    """As aiokafka's; takes three messages."""

    messages: list[tuple[bytes, bytes | None, Headers]] = field(default_factory=list)

    def append(self, *, timestamp: None, key: bytes, value: bytes | None, headers: list[Any]) -> object | None:
        if len(self.messages) == 3:
            return None
        self.messages.append((key, value, tuple(headers)))
        return self

    def record_count(self) -> int:
        return len(self.messages)


@dataclass
class Broker:
    """One partition's log, and a producer to it."""

    log: list[tuple[bytes, bytes | None, Headers]] = field(default_factory=list)

    async def send_and_wait(self, topic: str, value: bytes, *, key: bytes, partition: int) -> SimpleNamespace:
        self.log.append((key, value, ()))
        return SimpleNamespace(offset=len(self.log) - 1)

    def create_batch(self) -> Batch:
        return Batch()

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> asyncio.Future[SimpleNamespace]:
        where: asyncio.Future[SimpleNamespace] = asyncio.get_running_loop().create_future()
        where.set_result(SimpleNamespace(offset=len(self.log)))
        self.log += batch.messages
        return where

    def writer(self) -> Changelog:
        return Changelog(lambda: cast("aiokafka.AIOKafkaProducer", self), lambda: "changelog")

    def read_back(self) -> dict[bytes, bytes | None]:
        epoch_filter = EpochFilter()
        return {
            key: value
            for offset, (key, value, headers) in enumerate(self.log)
            if epoch_filter.allows(offset, key, headers)
        }


def states(*keys: str, value: bytes = b"1") -> Sequence[Write]:
    return [(key.encode(), value) for key in keys]


def test_states_of_a_worker_that_lost_the_partition_are_not_read_back() -> None:
    async def story(broker: Broker) -> None:
        frozen, new = broker.writer(), broker.writer()
        await frozen.take_over(0)
        await frozen.append(0, states("a", "b"))
        await new.take_over(0)
        await new.append(0, states("a", value=b"2"))
        await frozen.append(0, states("a", "b", "c", value=b"stale"))
        await new.append(0, states("d", value=b"2"))

    broker = Broker()
    asyncio.run(story(broker))
    assert broker.read_back() == {b"a": b"2", b"b": b"1", b"d": b"2"}


def test_nothing_stale_is_read_back_even_where_the_new_owner_has_written_nothing_yet() -> None:
    async def story(broker: Broker) -> None:
        frozen, new = broker.writer(), broker.writer()
        await frozen.take_over(0)
        await new.take_over(0)
        await frozen.append(0, states("a"))

    broker = Broker()
    asyncio.run(story(broker))
    assert broker.read_back() == {}


def test_an_owner_notices_where_somebody_else_has_written() -> None:
    async def story(broker: Broker) -> list[Span]:
        frozen, new = broker.writer(), broker.writer()
        await frozen.take_over(0)
        await new.take_over(0)
        first = await new.append(0, states("a", "b", "c", "d"))  # two batches
        await frozen.append(0, states("a"))
        return [first, await new.append(0, states("e")), await new.append(0, states("f"))]

    assert asyncio.run(story(Broker())) == [Span(6, 6), Span(6, 8), Span(9, 9)]


def test_nothing_is_written_for_a_partition_that_was_not_taken_over() -> None:
    async def story(broker: Broker) -> None:
        writer = broker.writer()
        await writer.take_over(0)
        writer.forget()
        with pytest.raises(PartitionsRevoked):
            await writer.append(0, states("a"))

    broker = Broker()
    asyncio.run(story(broker))
    assert [key for key, _, _ in broker.log] == [EPOCH_MARKER]
