"""Callers that do not take their answers hold a bounded memory; those that only read slowly lose nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest
from google.protobuf.wrappers_pb2 import BytesValue, Int64Value
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest

from services.runtime.admission import Admission
from services.runtime.grpc_arrival import Arrivals
from services.runtime.grpc_departure import CALL_BYTES, Departures
from services.runtime.grpc_method import unary_method
from services.runtime.grpc_server import server_options
from services.runtime.grpc_service import GrpcService, ServiceServer
from services.runtime.hang_up import hang_up
from services.runtime.health import Readiness
from services.runtime.loop_lag import LoopLag
from tests.http2 import DATA, END_STREAM, HalfSpoken, frame, headers, message
from tests.http2 import WINDOW_UPDATE as MORE

NAME = "test.Shop"
ASK, GET = f"/{NAME}/Ask", f"/{NAME}/Get"  # with admission control, and without
REFLECT = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
ANSWER_BYTES = 100_000
MOST_BYTES = 6 * (ANSWER_BYTES + CALL_BYTES)
CALLS = 4


@asynccontextmanager
async def served(departures: Departures) -> AsyncIterator[str]:
    """The address of a server whose answers have as many bytes as asked for."""

    async def draw(request: Int64Value, context: Any) -> BytesValue:
        return BytesValue(value=bytes(request.value))

    methods = {"Ask": unary_method(Int64Value, draw), "Get": unary_method(Int64Value, draw)}
    admission = Admission("test", 64, LoopLag())
    service = GrpcService(NAME, methods, admission, server_options(1 << 20), frozenset({"Ask"}))
    server = ServiceServer(service, Readiness(), Arrivals(departures=departures))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(0.1)


def asked(size: int) -> bytes:
    return message(Int64Value(value=size).SerializeToString())


async def deaf(address: str, method: str, said: bytes, calls: int = CALLS) -> HalfSpoken:
    """A caller who has asked and whose windows stay closed."""
    client = await asyncio.to_thread(HalfSpoken, address, window=0)
    streams = range(1, 2 * calls, 2)
    client.send(b"".join(headers(one, method) + frame(DATA, END_STREAM, one, said) for one in streams))
    return client


async def count(departures: Departures, least: int) -> None:
    """Waits until so many bytes wait for their callers; ends, or pytest's timeout does."""
    while departures.waiting_bytes < least:
        await asyncio.sleep(0.01)


async def answered(address: str, size: int = ANSWER_BYTES) -> bool:
    """Whether a caller on a connection of its own is."""
    async with grpc.aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
        answer = await channel.unary_unary(ASK)(Int64Value(value=size).SerializeToString(), timeout=20)
        return len(BytesValue.FromString(answer).value) == size


class HangUps:
    """Hangs up, and notes on whom."""

    def __init__(self) -> None:
        self.peers: list[str] = []

    def __call__(self, peer: str) -> None:
        self.peers.append(peer)
        hang_up(peer)

    async def all_of(self, clients: list[HalfSpoken]) -> bool:
        """Whether so many connections were closed, these as their clients see it; ends, or pytest's timeout does."""
        while len(self.peers) < len(clients):
            await asyncio.sleep(0.01)
        for client in clients:
            await asyncio.to_thread(list, client.frames(20))
        return set(self.peers) == {client.peer for client in clients if client.is_let_go}


@pytest.mark.parametrize("method", [ASK, GET])
@pytest.mark.asyncio
async def test_callers_that_take_no_answers_hold_a_bounded_memory_and_keep_nobody_out(method: str) -> None:
    hang_ups = HangUps()
    departures = Departures(MOST_BYTES, hang_ups, lambda: 0.0)
    async with served(departures) as address:
        clients = [await deaf(address, method, asked(ANSWER_BYTES)) for _ in range(5)]
        while len(hang_ups.peers) < 4:  # the last one's answers fit
            assert await answered(address)
            assert departures.waiting_bytes <= MOST_BYTES
        assert await hang_ups.all_of([client for client in clients if client.peer in hang_ups.peers])
        for client in clients:
            client.close()


@pytest.mark.asyncio
async def test_answers_of_streams_count_while_they_are_written() -> None:
    departures = Departures(1 << 30)
    request = ServerReflectionRequest(file_containing_symbol="grpc.health.v1.Health").SerializeToString()
    async with served(departures) as address:
        client = await deaf(address, REFLECT, message(request))
        await count(departures, CALLS * CALL_BYTES)
        client.close()
        while departures.waiting_bytes:
            await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_who_reads_slowly_gets_the_whole_answer_while_others_take_none() -> None:
    hang_ups = HangUps()
    departures = Departures(MOST_BYTES, hang_ups, lambda: 0.0)
    async with served(departures) as address:
        slow = await deaf(address, ASK, asked(ANSWER_BYTES), 1)
        await count(departures, ANSWER_BYTES)
        others = [await deaf(address, GET, asked(ANSWER_BYTES), 12) for _ in range(2)]
        assert await hang_ups.all_of(others)
        for other in others:
            other.close()
        slow.send(frame(MORE, 0, 1, (1 << 20).to_bytes(4, "big")) + frame(MORE, body=(1 << 20).to_bytes(4, "big")))
        assert await asyncio.to_thread(taken, slow) >= ANSWER_BYTES
        assert await answered(address)
        while departures.waiting_bytes:
            await asyncio.sleep(0.01)
        slow.close()


def taken(client: HalfSpoken) -> int:
    """The bytes of the first call's answer."""
    size = 0
    for one in client.frames(20):
        size += len(one.body) if one.kind == DATA else 0
        if one.stream == 1 and one.flags & END_STREAM:
            break
    return size


@pytest.mark.asyncio
async def test_an_answer_beyond_the_limit_may_wait_alone() -> None:
    departures = Departures(ANSWER_BYTES)
    async with served(departures) as address:
        assert await answered(address, 10 * ANSWER_BYTES)


@pytest.mark.asyncio
async def test_answers_whose_callers_leave_are_forgotten() -> None:
    departures = Departures()
    async with served(departures) as address:
        for method in (ASK, GET):
            client = await deaf(address, method, asked(ANSWER_BYTES))
            await count(departures, CALLS * ANSWER_BYTES)
            client.close()
            while departures.waiting_bytes:
                await asyncio.sleep(0.01)


@dataclass
class Call:
    """A call of a peer, as gRPC shows it to a method."""

    address: str
    callbacks: list[Callable[[Any], None]] = field(default_factory=list)

    def peer(self) -> str:
        return self.address

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self.callbacks.append(callback)


@pytest.mark.parametrize(
    ("answers", "closed"),
    [
        ([("old", 10), ("new", 10)], "new"),  # of equals the newest
        ([("old", 20), ("new", 10)], "old"),
        ([("many", 6), ("one", 10), ("many", 6)], "many"),
    ],
)
def test_the_connection_that_takes_least_is_closed(answers: list[tuple[str, int]], closed: str) -> None:
    peers: list[str] = []
    departures = Departures(len(answers) * CALL_BYTES, peers.append, lambda: 0.0)  # too little for the last one
    calls = [Call(peer) for peer, _ in answers]
    for call, (_, size) in zip(calls, answers, strict=True):
        departures.depart(bytes(size), call)
    assert peers == [closed]
    for call in calls:
        for done in call.callbacks:
            done(call)
    assert departures.waiting_bytes == 0


def test_those_who_read_at_once_outlast_those_who_do_not() -> None:
    peers: list[str] = []
    clock = iter([0.0, 5.0, 5.0, 5.0]).__next__
    departures = Departures(4 * CALL_BYTES, peers.append, clock)
    for peer in ("deaf", "busy", "busy", "busy"):
        departures.depart(b"x", Call(peer))
    assert peers == ["deaf"]
