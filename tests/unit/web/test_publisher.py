"""What Kafka does not take is kept, bounded, and sent again under its id."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.common.errors import Rejected, Unavailable
from services.common.topics import CLICKS
from services.web.tracking.publisher import Publisher
from services.web.tracking.token_events import click_record
from services.wire.codec.envelope import Record
from services.wire.codec.memory_sink import MemorySink
from tests.unit.web.web_under_test import KEYS, NOW, WebUnderTest


def clicks(web: WebUnderTest, *products: str) -> list[Record]:
    texts = [web.token(product) for product in products]
    return [click_record(KEYS.verify(text, NOW), text, "", NOW) for text in texts]


class Refusing(MemorySink):
    """Refuses before it takes a record, as a sink without room does."""

    refuses = True

    def send(self, record: Record, on_delivery: object = None) -> None:
        if self.refuses:
            raise Unavailable("kafka", "no room")
        super().send(record, on_delivery)  # type: ignore[arg-type]


class Stuck(MemorySink):
    """Blocks, then takes every tenth record and refuses the others, as a producer does while Kafka comes and goes."""

    handed = 0

    def send(self, record: Record, on_delivery: object = None) -> None:
        self.handed += 1
        taken = self.handed % 10 == 0
        time.sleep(0.02)
        if not taken:
            raise Unavailable("kafka", "it is away")
        super().send(record, on_delivery)  # type: ignore[arg-type]


def test_clicks_that_nobody_waits_for_any_more_are_sent_or_kept(web: WebUnderTest) -> None:
    async def crowd(threads: ThreadPoolExecutor) -> None:
        sink = Stuck(web.clock)
        publisher = Publisher(sink, threads, wait_s=0.1)
        told = await asyncio.gather(*map(publisher.publish, clicks(web, *["tee-breton"] * 50)))
        await asyncio.to_thread(threads.shutdown)
        await asyncio.sleep(0)
        sent = len(sink.read(CLICKS))
        assert sum(told) <= sent < 50
        assert sent + publisher.waiting == 50
        assert sink.handed < 50  # the threads do not work off what nobody waits for

    asyncio.run(crowd(ThreadPoolExecutor(4)))


def test_what_is_sent_again_waits_until_the_broker_has_it(web: WebUnderTest) -> None:
    async def away() -> None:
        with ThreadPoolExecutor(1) as threads:
            publisher = Publisher(Stuck(web.clock), threads, wait_s=0.001)
            await asyncio.gather(*map(publisher.publish, clicks(web, *["tee-breton"] * 5)))
            await asyncio.sleep(0.1)  # until all are kept
            await publisher.send_again()
            assert publisher.waiting == 5
            sending = asyncio.create_task(publisher.send_again())
            await asyncio.sleep(0)
            sending.cancel()
            assert publisher.waiting == 5

    asyncio.run(away())


def test_a_record_that_no_broker_would_take_is_lost_aloud(
    web: WebUnderTest, threads: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    async def rejected() -> int:
        publisher = Publisher(web.sink, threads, wait_s=5.0)
        web.sink.failure = Rejected("too_large", "value", "(not shown)", "fewer bytes")
        assert not await publisher.publish(clicks(web, "tee-breton")[0])
        return publisher.waiting

    assert asyncio.run(rejected()) == 0
    assert "is lost" in caplog.text


def test_clicks_of_an_outage_are_sent_when_it_is_over(web: WebUnderTest, threads: ThreadPoolExecutor) -> None:
    async def outage() -> list[bool]:
        publisher = Publisher(web.sink, threads, wait_s=5.0)
        web.sink.failure = Unavailable("kafka", "it is away")
        told = [await publisher.publish(record) for record in clicks(web, "tee-breton", "tee-merino")]
        await publisher.send_again()
        assert publisher.waiting == 2
        web.sink.failure = None
        await publisher.send_again()
        assert publisher.waiting == 0
        return told

    assert asyncio.run(outage()) == [False, False]
    assert {event.message.product_id for event in web.events(CLICKS)} == {"tee-breton", "tee-merino"}  # type: ignore[attr-defined]


def test_a_sink_without_room_is_tried_again(web: WebUnderTest, threads: ThreadPoolExecutor) -> None:
    async def full() -> int:
        sink = Refusing(web.clock)
        publisher = Publisher(sink, threads, wait_s=5.0)
        assert not await publisher.publish(clicks(web, "tee-breton")[0])
        sink.refuses = False
        await publisher.send_again()
        return publisher.waiting + 10 * len(sink.read(CLICKS))

    assert asyncio.run(full()) == 10


def test_what_waits_is_bounded(web: WebUnderTest, threads: ThreadPoolExecutor) -> None:
    async def flood() -> int:
        publisher = Publisher(Refusing(web.clock), threads, wait_s=5.0, most_waiting=3)
        for record in clicks(web, *["tee-breton"] * 5):
            await publisher.publish(record)
        return publisher.waiting

    assert asyncio.run(flood()) == 3
