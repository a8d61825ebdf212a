"""Open-loop load: requests are sent at fixed times, independent of earlier answers, in a thread of their own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.runtime.grpc_channel import open_aio_channel

DEADLINES_S: Final = (0.100, 0.100, 0.040, 0.100, 0.100, 0.100, 0.025, 0.100)
"""The deadlines of requests in turn: most callers give 100 ms, some 40 and 25."""

USERS: Final = 211
_STALLED_S: Final = 0.010  # if its own clock is later than this, the generator cannot judge that moment
_CHANNEL: Final = (("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500))


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection of an answer."""

    impression_id: str
    creative_id: str
    propensity: float
    degraded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A request and its result."""

    sent_at: float  # monotonic seconds
    deadline_s: float
    took_s: float
    status: str  # "OK", or the name of another gRPC status
    selections: tuple[Selection, ...]

    @property
    def ok(self) -> bool:
        """Whether it was answered before its deadline."""
        return self.status == "OK" and self.took_s <= self.deadline_s

    @property
    def degraded(self) -> frozenset[str]:
        """The parts that the answer names as degraded."""
        return frozenset(part for selection in self.selections for part in selection.degraded)


class OpenLoop:
    """Sends requests and collects them in `requests`, which other threads may read."""

    def __init__(self, address: str, per_s: float) -> None:
        self.requests: list[Request] = []
        self.stalled: list[tuple[float, float]] = []  # from and to: when the generator itself was stalled
        self._address = address
        self._every_s = 1.0 / per_s
        self._ending = threading.Event()

    def run(self) -> None:
        """Sends requests until `end` is called."""
        asyncio.run(self._send_until_ended())

    def end(self) -> None:
        """Stops sending; `run` then waits for pending requests and returns."""
        self._ending.set()

    def excused(self, request: Request) -> bool:
        """Whether the generator itself was stalled during the request."""
        until = request.sent_at + request.deadline_s
        return any(since < until and to > request.sent_at for since, to in self.stalled)

    async def _send_until_ended(self) -> None:
        beating = asyncio.create_task(self._beat())
        async with open_aio_channel(self._address, _CHANNEL) as channel:
            stub, tasks, number = CreativeServiceStub(channel), set[asyncio.Task[None]](), 0
            began = time.monotonic()
            while not self._ending.is_set():
                await asyncio.sleep(max(began + number * self._every_s - time.monotonic(), 0.0))
                task = asyncio.create_task(self._send(stub, number))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                number += 1
            await asyncio.gather(*tasks)
        beating.cancel()

    async def _send(self, stub: CreativeServiceStub, number: int) -> None:
        placement = pb.Placement(placement_id="top", format="300x250", count=1)
        request = pb.SelectCreativesRequest(user_id=f"shopper-{number % USERS}", placements=[placement])
        deadline_s, sent_at = DEADLINES_S[number % len(DEADLINES_S)], time.monotonic()
        status, selections = "OK", tuple[Selection, ...]()
        try:
            answer = await stub.SelectCreatives(request, timeout=deadline_s)
            selections = tuple(
                Selection(s.impression_id, s.creative_id, s.propensity, tuple(s.degraded)) for s in answer.selections
            )
        except grpc.aio.AioRpcError as error:
            status = error.code().name
        self.requests.append(Request(sent_at, deadline_s, time.monotonic() - sent_at, status, selections))

    async def _beat(self) -> None:
        before = time.monotonic()
        while True:
            await asyncio.sleep(0.002)
            now = time.monotonic()
            if now - before > 0.002 + _STALLED_S:
                self.stalled.append((before, now))
            before = now


@contextmanager
def loaded(address: str, per_s: float) -> Iterator[OpenLoop]:
    """Sends load inside the `with`; afterwards every request has ended."""
    load = OpenLoop(address, per_s)
    thread = threading.Thread(target=load.run, name="load", daemon=True)
    thread.start()
    try:
        yield load
    finally:
        load.end()
        thread.join(30)


def percentile_ms(requests: Sequence[Request], share: float) -> float:
    """The percentile of the requests' durations in milliseconds; 0 without requests."""
    took = sorted(one.took_s for one in requests)
    return 1000.0 * took[min(int(share * len(took)), len(took) - 1)] if took else 0.0
