"""What SelectCreatives takes while creatives are generated, laid out in a process beside the answers or among them."""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.catalogue.catalogue import demo_catalogue
from services.models.generator.audience import AUDIENCE_SIZE
from services.models.tensors import NOISE_SIZE
from services.models.triton_client import TritonModels
from services.runtime.grpc_channel import open_aio_channel
from services.tools.bench.figures import Figure, latencies
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir

FORMAT: Final = "300x250"
AT_ONCE: Final = 8  # creatives of one call
ROUNDS: Final = 5
TURN_S: Final = 4.0  # of each kind in a round: some 150 requests, and four calls of GenerateCreatives
QUIET, MODEL, WHOLE = "quiet", "model", "whole"
_EVERY_S: Final = 1.0  # a call of GenerateCreatives: a person who tries seeds, or a script of eight pictures a second
_PERIOD_S: Final = 0.02
_WARM_S: Final = 60.0  # the first call waits until the process beside has read its models


def generate() -> list[Figure]:
    """p99 of SelectCreatives in turns of each kind, against turns in which nothing is generated."""
    figures = []
    for name, composers in (("beside", 1), ("among", 0)):
        with _stack(composers) as running:
            took = asyncio.run(_measured(running))
        quiet, model, whole = (latencies(took[kind]) for kind in (QUIET, MODEL, WHOLE))
        unit = f"ms while creatives are laid out {name} the answers"
        figures.append(Figure(f"select_p99_generating_{name}", whole.p99, unit, "without", quiet.p99))
        figures.append(Figure(f"select_p50_generating_{name}", whole.p50, unit, "without", quiet.p50))
        alone = "ms while Triton draws as many pictures, and nothing is laid out"
        figures.append(Figure(f"select_p99_drawing_{name}", model.p99, alone, "without", quiet.p99))
    return figures


@contextmanager
def _stack(composers: int) -> Iterator[RunningStack]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("ADLOOM_")}
    with tempfile.TemporaryDirectory(prefix="adloom-bench-") as folder:
        state_dir = StateDir(Path(folder)).make()
        with tied_stack(state_dir, {**environ, "ADLOOM_COMPOSERS": str(composers)}, ("creative",)) as running:
            yield running


async def _measured(running: RunningStack) -> dict[str, list[float]]:
    """Seconds of SelectCreatives by what was done meanwhile, in turns; as often in each kind of turn."""
    took: dict[str, list[float]] = {QUIET: [], MODEL: [], WHOLE: []}
    models = TritonModels(running.triton)
    async with open_aio_channel(running.creative) as channel:
        stub = CreativeServiceStub(channel)
        await _whole(stub, 0)
        for _ in range(ROUNDS):
            took[QUIET] += await _asked(stub)
            for kind, call in ((MODEL, partial(_drawn, models)), (WHOLE, partial(_whole, stub))):
                repeated = asyncio.create_task(_repeated(call))
                took[kind] += await _asked(stub)
                await repeated
    await models.close()
    return took


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


async def _repeated(call: Callable[[int], Awaitable[None]]) -> None:
    """Calls for a turn, so many a second as a process that composes has answered."""
    ends_at = time.monotonic() + TURN_S
    for number in itertools.count(1):
        if time.monotonic() >= ends_at:
            return
        began = time.monotonic()
        await call(number)
        await asyncio.sleep(max(began + _EVERY_S - time.monotonic(), 0.0))


async def _whole(stub: CreativeServiceStub, seed: int) -> None:
    """One call of GenerateCreatives."""
    product = demo_catalogue().products[seed % 10].product_id
    request = pb.GenerateCreativesRequest(product_id=product, format=FORMAT, count=AT_ONCE, seed=seed)
    await stub.GenerateCreatives(request, timeout=_WARM_S)


async def _drawn(models: TritonModels, seed: int) -> None:
    """What such a call asks of Triton."""
    noise = np.random.default_rng(seed).standard_normal((AT_ONCE, NOISE_SIZE), dtype=np.float32)
    audience = np.zeros((AT_ONCE, AUDIENCE_SIZE), dtype=np.float32)
    await models.generate(noise, np.zeros(AT_ONCE, dtype=np.int64), audience, budget_s=_WARM_S)
