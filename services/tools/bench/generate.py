"""What SelectCreatives takes while GenerateCreatives runs, laid out in a process beside the answers and among them."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.catalogue.catalogue import demo_catalogue
from services.runtime.grpc_channel import open_aio_channel
from services.tools.bench.figures import Figure, Latencies, latencies
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir

FORMAT: Final = "300x250"
AT_ONCE: Final = 8  # creatives of one call
ROUNDS: Final = 6
TURN_S: Final = 4.0  # of each kind in a round: some 200 requests, and several calls of GenerateCreatives
_PERIOD_S: Final = 0.02
_WARM_S: Final = 60.0  # the first call waits until the process beside has read its models


def generate() -> list[Figure]:
    """p99 while creatives are generated, against p99 of the same process without."""
    figures = []
    for name, composers in (("beside", 1), ("among", 0)):
        with _stack(composers) as running:
            quiet, busy, calls = asyncio.run(_measured(running))
        unit = f"ms while {calls} x {AT_ONCE} creatives are laid out {name} the answers"
        figures.append(Figure(f"select_p99_generating_{name}", busy.p99, unit, "without", quiet.p99))
        figures.append(Figure(f"select_p50_generating_{name}", busy.p50, unit, "without", quiet.p50))
    return figures


@contextmanager
def _stack(composers: int) -> Iterator[RunningStack]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("ADLOOM_")}
    with tempfile.TemporaryDirectory(prefix="adloom-bench-") as folder:
        state_dir = StateDir(Path(folder)).make()
        with tied_stack(state_dir, {**environ, "ADLOOM_COMPOSERS": str(composers)}, ("creative",)) as running:
            yield running


async def _measured(running: RunningStack) -> tuple[Latencies, Latencies, int]:
    """Latencies without and with generation, in turns, and how many calls of it there were."""
    quiet: list[float] = []
    busy: list[float] = []
    calls = 0
    async with open_aio_channel(running.creative) as channel:
        stub = CreativeServiceStub(channel)
        await _generate(stub, 0)
        for number in range(ROUNDS):
            quiet += await _asked(stub)
            generating = asyncio.create_task(_generating(stub, number))
            busy += await _asked(stub)
            calls += await generating
    return latencies(quiet), latencies(busy), calls


async def _asked(stub: CreativeServiceStub) -> list[float]:
    """Seconds of requests by new shoppers, one after another."""
    took, ends_at = [], time.monotonic() + TURN_S
    while time.monotonic() < ends_at:
        request = pb.SelectCreativesRequest(
            user_id=uuid.uuid4().hex, placements=[pb.Placement(placement_id="bench", format=FORMAT)]
        )
        began = time.perf_counter()
        await stub.SelectCreatives(request, timeout=5)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(_PERIOD_S)
    return took


async def _generating(stub: CreativeServiceStub, turn: int) -> int:
    """Calls one after another for a turn; how many."""
    calls, ends_at = 0, time.monotonic() + TURN_S
    while time.monotonic() < ends_at:
        calls += 1
        await _generate(stub, 1_000 * (turn + 1) + calls)
    return calls


async def _generate(stub: CreativeServiceStub, seed: int) -> None:
    product = demo_catalogue().products[seed % 10].product_id
    request = pb.GenerateCreativesRequest(product_id=product, format=FORMAT, count=AT_ONCE, seed=seed)
    await stub.GenerateCreatives(request, timeout=_WARM_S)
