"""Load from plain grpc.aio, in a process of its own; for machines without ghz.

    python -m services.tools.drills.overload.plain_generator closed|open ADDRESS AMOUNT SECONDS DEADLINE_S PLACEMENTS

AMOUNT is the number of callers of a closed loop, or the calls a second of an open one.

Prints `{"seconds":, "calls": [[status, milliseconds], ...]}`.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass

import grpc
import uvloop

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.runtime.grpc_channel import open_aio_channel
from services.tools.drills.overload.load import METHOD, OK, Load, load_of

_CHANNELS = 4
_CLOSE_S = 5.0


@dataclass(frozen=True, slots=True)
class PlainGenerator:
    """See `load.Generator`."""

    deadline_s: float
    placements: int
    name: str = "a plain open-loop generator of our own (ghz is not installed)"

    def closed(self, address: str, callers: int, seconds: float) -> Load:
        """See `load.Generator`."""
        return self._run("closed", address, callers, seconds)

    def open(self, address: str, per_s: float, seconds: float) -> Load:
        """See `load.Generator`."""
        return self._run("open", address, per_s, seconds)

    def _run(self, how: str, address: str, much: float, seconds: float) -> Load:
        command = [
            sys.executable,
            "-m",
            __name__,
            how,
            address,
            *map(str, (much, seconds, self.deadline_s, self.placements)),
        ]
        done = subprocess.run(command, capture_output=True, check=True, timeout=seconds + 120)
        found = json.loads(done.stdout)
        return load_of(found["seconds"], [(status, ms) for status, ms in found["calls"]])


class _Calls:
    """The calls of one run."""

    def __init__(self, channels: list[grpc.aio.Channel], deadline_s: float, placements: int) -> None:
        self._deadline_s = deadline_s
        self._places = [
            pb.Placement(placement_id=f"p{number}", format="300x250", count=1) for number in range(placements)
        ]
        self._methods = [channel.unary_unary(METHOD) for channel in channels]
        self._run = os.urandom(4).hex()
        self.made: list[tuple[str, float]] = []
        self._number = 0

    async def one(self) -> None:
        """One call."""
        self._number += 1
        user = f"{self._run}-{self._number}"
        request = pb.SelectCreativesRequest(user_id=user, placements=self._places).SerializeToString()
        began = time.perf_counter()
        status = OK
        try:
            await self._methods[self._number % len(self._methods)](request, timeout=self._deadline_s)
        except grpc.aio.AioRpcError as error:
            status = error.code().name
        self.made.append((status, (time.perf_counter() - began) * 1e3))


async def _closed(calls: _Calls, callers: int, seconds: float) -> None:
    until = time.perf_counter() + seconds

    async def caller() -> None:
        while time.perf_counter() < until:
            await calls.one()

    await asyncio.gather(*(caller() for _ in range(callers)))


async def _open(calls: _Calls, per_s: float, seconds: float) -> None:
    began, under_way = time.perf_counter(), set()
    for number in range(round(per_s * seconds)):
        wait_s = began + number / per_s - time.perf_counter()
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        task = asyncio.create_task(calls.one())
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        if wait_s <= 0 and number % 16 == 0:
            await asyncio.sleep(0)  # behind schedule: let the loop send what is queued
    await asyncio.wait(under_way or {asyncio.ensure_future(asyncio.sleep(0))}, timeout=_CLOSE_S)


async def main(how: str, address: str, *given: float) -> None:
    """Makes the calls and prints them."""
    much, seconds, deadline_s, places = given
    options = (("grpc.use_local_subchannel_pool", 1),)  # a connection for each channel
    channels = [open_aio_channel(address, options) for _ in range(_CHANNELS)]
    calls = _Calls(channels, deadline_s, round(places))
    await asyncio.gather(*(channel.channel_ready() for channel in channels))
    began = time.perf_counter()
    await (_closed(calls, round(much), seconds) if how == "closed" else _open(calls, much, seconds))
    took = time.perf_counter() - began
    sys.stdout.write(json.dumps({"seconds": took, "calls": calls.made}) + "\n")
    for channel in channels:
        await channel.close()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], *map(float, sys.argv[3:])))
