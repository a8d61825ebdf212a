"""How long a decision takes and how many a second there are, against a bare Triton call and a bare gRPC echo."""

from __future__ import annotations

import asyncio
import functools
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.stack.addresses import choose_ports
from services.stack.bench.candidates import FORMAT, PRODUCTS_FOR, BareScores, load
from services.stack.bench.figures import Figure, Latencies, latencies
from services.stack.bench.references import ECHO_METHOD
from services.stack.session import RunningStack

CALLS = 400
CALLERS = 8
THROUGHPUT_S = 8.0
ANSWER_BYTES = 600  # about what an answer of one selection takes on the wire

Call = Callable[[], Awaitable[object]]


def decisions(running: RunningStack) -> list[Figure]:
    """Latency at 1 to 256 candidates, decisions a second with eight callers."""
    load(Path(running.home.assets))
    return asyncio.run(_decisions(running))


async def _decisions(running: RunningStack) -> list[Figure]:
    async with grpc.aio.insecure_channel(running.creative) as channel:
        stub = CreativeServiceStub(channel)
        await _until_known(stub)
        ours = {count: await timed(_asking(stub, count)) for count in PRODUCTS_FOR}
        rate = await throughput(_asking(stub, 64))
    bare = BareScores(running.triton)
    triton = {count: await timed(functools.partial(bare.score, count)) for count in PRODUCTS_FOR}
    await bare.close()
    with echo_server() as address:
        async with grpc.aio.insecure_channel(address) as channel:
            same = channel.unary_unary(ECHO_METHOD)
            echo = await timed(lambda: same(bytes(ANSWER_BYTES)))
            echo_rate = await throughput(lambda: same(bytes(ANSWER_BYTES)))
    return [*_latency_figures(ours, triton, echo), *_rate_figures(ours, rate, echo_rate)]


def _latency_figures(ours: dict[int, Latencies], triton: dict[int, Latencies], echo: Latencies) -> Iterator[Figure]:
    for count, figure in ours.items():
        bare = triton[count]
        yield Figure(f"decision_p50_{count}", figure.p50, "ms", f"bare Triton call of {count} rows", bare.p50)
        yield Figure(f"decision_p99_{count}", figure.p99, "ms", f"bare Triton call of {count} rows", bare.p99)
    yield Figure("decision_p50_64_echo", ours[64].p50, "ms", "bare gRPC echo", echo.p50)


def _rate_figures(ours: dict[int, Latencies], rate: float, echo_rate: float) -> Iterator[Figure]:
    yield Figure("decision_cost_256", ours[256].p50, "ms", "16 candidates", ours[16].p50)
    yield Figure("decisions_per_s", rate, "decisions/s", f"bare gRPC echo, {CALLERS} callers", echo_rate)


async def _until_known(stub: CreativeServiceStub) -> None:
    """Waits until the service has taken up the creatives that were just added."""
    for _ in range(100):
        page = await stub.ListCreatives(pb.ListCreativesRequest(format=FORMAT, page_size=1000), timeout=5)
        if len(page.creatives) >= max(PRODUCTS_FOR):
            await asyncio.sleep(2)  # its snapshot for choosing follows within a second
            return
        await asyncio.sleep(0.1)


def _asking(stub: CreativeServiceStub, candidates: int) -> Call:
    """One question with so many candidates, by a new shopper each time."""
    products = PRODUCTS_FOR[candidates]

    async def ask() -> None:
        request = pb.SelectCreativesRequest(
            user_id=uuid.uuid4().hex,
            placements=[pb.Placement(placement_id="bench", format=FORMAT)],
            product_ids=products,
        )
        await stub.SelectCreatives(request, timeout=2)

    return ask


async def timed(call: Call) -> Latencies:
    """One caller, one call after another, after a tenth as warm-up."""
    seconds = []
    for _ in range(CALLS + CALLS // 10):
        started = time.perf_counter()
        await call()
        seconds.append(time.perf_counter() - started)
    return latencies(seconds[CALLS // 10 :])


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
    """The address of a bare echo in a process of its own."""
    port = choose_ports(("echo",), {}, start=os.getpid())["echo"]
    command = [sys.executable, "-m", "services.stack.bench.references", "echo", str(port)]
    with subprocess.Popen(command) as process:
        address = f"127.0.0.1:{port}"
        try:
            with grpc.insecure_channel(address) as channel:
                grpc.channel_ready_future(channel).result(timeout=20)
            yield address
        finally:
            process.terminate()
