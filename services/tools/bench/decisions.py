"""Latency and throughput of decisions, compared with a bare Triton call and a bare gRPC echo."""

from __future__ import annotations

import asyncio
import functools
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.runtime.grpc_channel import open_aio_channel, open_channel
from services.tools.bench.candidates import FORMAT, PRODUCTS_FOR, BareScores, load
from services.tools.bench.figures import Figure, Latencies, latencies
from services.tools.bench.references import ECHO_METHOD
from services.tools.stack.addresses import choose_ports
from services.tools.stack.session import RunningStack

CALLS = 400
CALLERS = 8
ROUNDS = 4
THROUGHPUT_S = 3.0
RATE_ROUNDS = 3
ANSWER_BYTES = 600  # about the size of an answer with one selection

Call = Callable[[], Awaitable[object]]
Name = tuple[str, int]  # which server, with how many candidates


def decisions(running: RunningStack) -> list[Figure]:
    """Latency at 1 to 256 candidates, decisions a second with eight callers."""
    load(running.kafka, running.assets)
    return asyncio.run(_decisions(running))


async def _decisions(running: RunningStack) -> list[Figure]:
    bare = BareScores(running.triton)
    with echo_server() as address:
        async with open_aio_channel(running.creative) as ads, open_aio_channel(address) as channel:
            stub, same = CreativeServiceStub(ads), channel.unary_unary(ECHO_METHOD)
            await _until_served(stub)
            calls: dict[tuple[str, int], Call] = {("echo", 0): lambda: same(bytes(ANSWER_BYTES))}
            for count in PRODUCTS_FOR:
                calls["ours", count] = _select_call(stub, count)
                calls["triton", count] = functools.partial(bare.score, count)
            took = await alternately(calls)
            rates = await rates_alternately({name: calls[name] for name in (("ours", 64), ("echo", 0))})
    await bare.close()
    ours, triton = ({count: took[who, count] for count in PRODUCTS_FOR} for who in ("ours", "triton"))
    return [
        *_latency_figures(ours, triton, took["echo", 0]),
        *_rate_figures(ours, rates["ours", 64], rates["echo", 0]),
    ]


def _latency_figures(ours: dict[int, Latencies], triton: dict[int, Latencies], echo: Latencies) -> Iterator[Figure]:
    for count, figure in ours.items():
        bare = triton[count]
        yield Figure(f"decision_p50_{count}", figure.p50, "ms", f"bare Triton call of {count} rows", bare.p50)
        yield Figure(f"decision_p99_{count}", figure.p99, "ms", f"bare Triton call of {count} rows", bare.p99)
    yield Figure("decision_p50_64_echo", ours[64].p50, "ms", "bare gRPC echo", echo.p50)


def _rate_figures(ours: dict[int, Latencies], rate: float, echo_rate: float) -> Iterator[Figure]:
    yield Figure("decision_cost_256", ours[256].p50, "ms", "16 candidates", ours[16].p50)
    yield Figure("decisions_per_s", rate, "decisions/s", f"bare gRPC echo, {CALLERS} callers", echo_rate)


async def _until_served(stub: CreativeServiceStub) -> None:
    """Waits until the service has loaded the creatives that were just added."""
    for _ in range(100):
        page = await stub.ListCreatives(pb.ListCreativesRequest(format=FORMAT, page_size=1000), timeout=5)
        if len(page.creatives) >= max(PRODUCTS_FOR):
            await asyncio.sleep(2)  # the snapshot from which it chooses is refreshed within a second
            return
        await asyncio.sleep(0.1)


def _select_call(stub: CreativeServiceStub, candidates: int) -> Call:
    """A request with so many candidates, by a new shopper each time."""
    products = PRODUCTS_FOR[candidates]

    async def select() -> None:
        request = pb.SelectCreativesRequest(
            user_id=uuid.uuid4().hex,
            placements=[pb.Placement(placement_id="bench", format=FORMAT)],
            product_ids=products,
        )
        await stub.SelectCreatives(request, timeout=2)

    return select


async def alternately(calls: Mapping[Name, Call]) -> dict[Name, Latencies]:
    """Latencies of one caller, one call after another: `CALLS` of each kind in `ROUNDS` turns.

    The kinds take turns so that a temporarily busy machine slows all of them. A tenth of each turn is warm-up.
    """
    seconds: dict[Name, list[float]] = {name: [] for name in calls}
    warm_up = CALLS // ROUNDS // 10
    for _ in range(ROUNDS):
        for name, call in calls.items():
            turn = []
            for _ in range(CALLS // ROUNDS + warm_up):
                started = time.perf_counter()
                await call()
                turn.append(time.perf_counter() - started)
            seconds[name] += turn[warm_up:]
    return {name: latencies(found) for name, found in seconds.items()}


async def rates_alternately(calls: Mapping[Name, Call]) -> dict[Name, float]:
    """Calls a second by several callers at once: the median of `RATE_ROUNDS` turns of each kind."""
    found: dict[Name, list[float]] = {name: [] for name in calls}
    for _ in range(RATE_ROUNDS):
        for name, call in calls.items():
            found[name].append(await throughput(call))
    return {name: statistics.median(rates) for name, rates in found.items()}


async def throughput(call: Call) -> float:
    """Calls a second by several callers at once."""
    done, until = 0, time.perf_counter() + THROUGHPUT_S

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await call()
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return done / (time.perf_counter() - started)


@contextmanager
def echo_server() -> Iterator[str]:
    """The address of a bare gRPC echo in a process of its own."""
    port = choose_ports(("echo",), {}, start=os.getpid())["echo"]
    command = [sys.executable, "-m", "services.tools.bench.references", "echo", str(port)]
    with subprocess.Popen(command) as process:
        address = f"127.0.0.1:{port}"
        try:
            with open_channel(address) as channel:
                grpc.channel_ready_future(channel).result(timeout=20)
            yield address
        finally:
            process.terminate()
