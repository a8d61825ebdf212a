"""A shop of 100,000 products with 300,000 creatives beside the demo: start-up, memory, latency, and what changes.

The large shop has a format of its own, all of its creatives in it. So both shops are asked in turns, of one process,
and a busy machine slows both.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import numpy as np

from protos.gen.adloom.catalogue.v1.product_pb2 import IN_STOCK, Product
from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.assets.creative import Creative
from services.assets.creative_messages import record_of as creative_record
from services.catalogue.facts import product_facts
from services.catalogue.ports import Change
from services.catalogue.product_messages import record_of as product_record
from services.catalogue.terms import DIMENSIONS
from services.catalogue.vocabulary import grown
from services.catalogue.vocabulary_messages import record_of as vocabulary_record
from services.common.errors import Unavailable
from services.common.secrets import load_or_make
from services.common.verdict import STAND_IN
from services.features.feast_writer import FeastWriter
from services.features.ports import ProfileRow
from services.features.profile import Interaction, Kind, Profile, apply, micros
from services.runtime.grpc_channel import open_aio_channel
from services.tools.bench.decisions import Call, Name, alternately
from services.tools.bench.figures import Figure, Latencies, latencies
from services.tools.bench.sizes import process_of
from services.tools.stack.session import RunningStack
from services.wire.codec.envelope import Record
from services.wire.kafka.producer import Producer, ProducerSettings

PRODUCTS: Final = 100_000
OF_EACH: Final = 3  # creatives of a product
FORMAT: Final = "970x250"
DEMO_FORMAT: Final = "300x250"
SHOPPERS: Final = 200
NEWCOMER, INTERESTED = 0, 1  # whose interest matches products
_WORDS: Final = ("linen", "wool", "cotton", "silk", "red", "blue", "green", "long", "short", "warm", "light", "soft")
_MIB: Final = 1 << 20
_READY_S: Final = 600.0  # in case start-up hangs; it is measured
_AROUND_S: Final = 3.0
_PERIOD_S: Final = 0.02
_RENEWAL_S: Final = 20.0
_AFTER: Final = f"ms in {_RENEWAL_S:.0f} s after a new vocabulary"


def large_shop(running: RunningStack, products: int = PRODUCTS) -> list[Figure]:
    """The figures; the demo's are in the same run."""
    running.stop("studio")  # which would make ads of the products
    shoppers = interested(running)
    alone = asyncio.run(_asked(running, {"demo": DEMO_FORMAT}, shoppers))
    empty_mib = resident_mib(running)
    seconds = publish(running.kafka, products)
    sys.stderr.write(f"candidates: {products * (1 + OF_EACH)} messages in {seconds:.0f} s\n")
    start_s = restarted(running)
    took = asyncio.run(_asked(running, {"demo": DEMO_FORMAT, "large": FORMAT}, shoppers))
    around, seen_s, unanswered = asyncio.run(_approval(running))
    renewal = asyncio.run(_renewal(running, products))
    size = f"{products} products, {products * OF_EACH} creatives"
    return [
        Figure("candidates_start_up", start_s, f"s, {size}"),
        Figure("candidates_memory", resident_mib(running), f"MiB, {size}", "the demo shop alone", empty_mib),
        *_latency(took, "interested", INTERESTED),
        *_latency(took, "newcomer", NEWCOMER),
        Figure("demo_p50", took["demo", INTERESTED].p50, "ms", "alone", alone["demo", INTERESTED].p50),
        Figure("approval_seen", seen_s * 1000, "ms after the broker has it"),
        Figure("approval_p99", around.p99, f"ms in {_AROUND_S:.0f} s around it", "before", took["large", NEWCOMER].p99),
        Figure("approval_unanswered", unanswered, f"of {around.calls} requests"),
        Figure("vocabulary_p50", renewal.p50, _AFTER, "before", took["large", NEWCOMER].p50),
        Figure("vocabulary_p99", renewal.p99, _AFTER, "before", took["large", NEWCOMER].p99),
    ]


def _latency(took: Mapping[Name, Latencies], who: str, number: int) -> Iterator[Figure]:
    large, demo = took["large", number], took["demo", number]
    yield Figure(f"select_p50_{who}", large.p50, "ms", "the demo shop", demo.p50)
    yield Figure(f"select_p99_{who}", large.p99, "ms", "the demo shop", demo.p99)


def products_of(count: int) -> Iterator[Product]:
    """Products of random words."""
    chance = np.random.default_rng(3)
    for number, words in enumerate(chance.choice(_WORDS, (count, 4))):
        yield Product(
            product_id=f"large-{number:06}",
            title=" ".join(words),
            description=f"{words[0]} with {words[3]}, number {number}",
            price_minor=1_000 + number % 9_000,
            currency="EUR",
            product_type="coat",
            availability=IN_STOCK,
        )


def creative_of(number: int, index: int) -> Creative:
    """One of a product's creatives."""
    return Creative(
        creative_id=f"c-large-{number:06}-{index}",
        product_id=f"large-{number:06}",
        format=FORMAT,
        headline=f"{_WORDS[(number + index) % len(_WORDS)]} for {_WORDS[number % len(_WORDS)]} days",
        body="",
        call_to_action="Look",
        approved_by="bench",
        ai_generated=False,
        made_by="",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        image_sha256="0" * 64,
        lineage={"recipe": f"bench/{number}/{index}"},
        state="APPROVED",
        verdict=STAND_IN,
    )


def publish(kafka: str, products: int) -> float:
    """Sends all messages; returns when the broker has them, with the seconds that it took."""
    began, now = time.monotonic(), datetime.now(UTC)
    producer = Producer(ProducerSettings(kafka, "bench", linger_ms=20))
    try:
        for number, product in enumerate(products_of(products)):
            producer.send(product_record(Change(product.product_id, product), "bench", now))
            for index in range(OF_EACH):
                producer.send(creative_record(creative_of(number, index), now))
            if number % 1_000 == 999:
                producer.flush(60)
        producer.flush(60)
    finally:
        producer.close(10)
    return time.monotonic() - began


def restarted(running: RunningStack) -> float:
    """Seconds from the start of the process until it says that it is ready, with all in its memory."""
    running.stop("creative")
    began = time.monotonic()
    running.start("creative")
    while time.monotonic() - began < _READY_S:
        if running.status()["processes"]["creative"]["ready"]:
            return time.monotonic() - began
        time.sleep(0.1)
    raise Unavailable("creative", f"it was not ready after {_READY_S:.0f} s")


def resident_mib(running: RunningStack) -> float:
    """Memory of the process."""
    return float(process_of(running, "creative").memory_info().rss) / _MIB


def interested(running: RunningStack) -> list[str]:
    """Raw ids of shoppers with a profile: each clicked one product of random words."""
    key = load_or_make(running.state_dir.secrets).pseudonym_key
    rows, now = [], micros(datetime.now(UTC))
    names = [f"fond-{number}" for number in range(SHOPPERS)]
    for number, name in enumerate(names):
        vector = np.random.default_rng(number).standard_normal(DIMENSIONS)
        facts = product_facts(vector / np.linalg.norm(vector), 3)
        profile = apply(Profile(), Interaction(Kind.CLICK, "clicked", now), {"clicked": facts}.get)
        rows.append(ProfileRow(key.pseudonym(name), profile, now, 0))
    FeastWriter(running.redis).write(rows)
    return names


async def _asked(running: RunningStack, formats: Mapping[str, str], shoppers: Sequence[str]) -> dict[Name, Latencies]:
    """Latencies of one caller in turns, by shop and kind of shopper."""
    async with open_aio_channel(running.creative) as channel:
        stub, fond = CreativeServiceStub(channel), itertools.cycle(shoppers)
        calls: dict[Name, Call] = {}
        for shop, format_ in formats.items():
            calls[shop, INTERESTED] = functools.partial(_select, stub, format_, lambda: next(fond))
            calls[shop, NEWCOMER] = functools.partial(_select, stub, format_, lambda: uuid.uuid4().hex)
        return await alternately(calls)


async def _select(stub: CreativeServiceStub, format_: str, user: Callable[[], str]) -> None:
    places = [pb.Placement(placement_id="bench", format=format_)]
    await stub.SelectCreatives(pb.SelectCreativesRequest(user_id=user(), placements=places), timeout=5)


async def _approval(running: RunningStack) -> tuple[Latencies, float, int]:
    """Latencies of requests around an approval, seconds until it was served, and how many got no answer in 100 ms."""
    fresh = replace(creative_of(0, 0), creative_id="c-large-fresh", product_id="large-000001", headline="fresh")
    sent = asyncio.create_task(asyncio.to_thread(_sent_later, running.kafka, creative_record(fresh, datetime.now(UTC))))
    seconds, unanswered, seen_at = [], 0, 0.0
    async with open_aio_channel(running.creative) as channel:
        stub, ends_at = CreativeServiceStub(channel), time.monotonic() + _AROUND_S
        while time.monotonic() < ends_at:
            began = time.monotonic()
            shown = await _shown(stub)
            seconds.append(time.monotonic() - began)
            unanswered += int(seconds[-1] > 0.1)
            if shown and not seen_at:
                seen_at = time.monotonic()
            await asyncio.sleep(_PERIOD_S)
    return latencies(seconds), seen_at - await sent, unanswered


async def _renewal(running: RunningStack, products: int) -> Latencies:
    """Latencies of newcomers while a new vocabulary makes all rows anew."""
    vocabulary = grown(None, products_of(products))
    record = vocabulary_record(vocabulary, "bench", datetime.now(UTC))
    await asyncio.to_thread(_send, running.kafka, record)
    seconds = []
    async with open_aio_channel(running.creative) as channel:
        stub, ends_at = CreativeServiceStub(channel), time.monotonic() + _RENEWAL_S
        while time.monotonic() < ends_at:
            began = time.monotonic()
            await _select(stub, FORMAT, lambda: uuid.uuid4().hex)
            seconds.append(time.monotonic() - began)
            await asyncio.sleep(_PERIOD_S)
    return latencies(seconds)


async def _shown(stub: CreativeServiceStub) -> bool:
    """Whether the fresh creative is among those of its product, all of which are asked for."""
    request = pb.SelectCreativesRequest(
        user_id=uuid.uuid4().hex,
        placements=[pb.Placement(placement_id="all", format=FORMAT, count=OF_EACH + 1)],
        product_ids=["large-000001"],
    )
    answer = await stub.SelectCreatives(request, timeout=5)
    return any(chosen.creative_id == "c-large-fresh" for chosen in answer.selections)


def _sent_later(kafka: str, record: Record) -> float:
    """Sends in the middle of the requests; the moment at which the broker had it."""
    time.sleep(_AROUND_S / 3)
    _send(kafka, record)
    return time.monotonic()


def _send(kafka: str, record: Record) -> None:
    """Returns when the broker has it."""
    producer = Producer(ProducerSettings(kafka, "bench"))
    try:
        producer.send(record)
        producer.flush(10)
    finally:
        producer.close(5)
