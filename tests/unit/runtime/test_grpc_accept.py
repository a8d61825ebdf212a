"""The calls of a busy method are taken from gRPC's core many at a time, and refused there when there is no room."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest

from services.runtime.admission import PUSHBACK, Admission
from services.runtime.grpc_accept import AT_ONCE, LoadSheddingServer
from services.runtime.grpc_arrival import Arrivals
from services.runtime.loop_lag import LoopLag

Answer = Callable[[bytes, Any], Awaitable[bytes]]
_CALLS = AT_ONCE + 40
_CALLERS = 4


@asynccontextmanager
async def served(answer: Answer, most: int = 1000) -> AsyncIterator[grpc.aio.UnaryUnaryMultiCallable]:
    """The one method of a server that answers with `answer`, behind a channel."""
    admission = Admission("test", most, LoopLag())
    handler = grpc.unary_unary_rpc_method_handler(answer)
    server = LoadSheddingServer(grpc.aio.server(), "test.Service", {"Ask": handler}, admission, Arrivals())
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel.unary_unary("/test.Service/Ask")
    await server.stop(1.0)


async def same(request: bytes, context: Any) -> bytes:
    return request


@pytest.mark.asyncio
async def test_every_call_gets_its_own_answer() -> None:
    async with served(same) as ask:
        sent = [b"%d" % number for number in range(_CALLS)]
        assert await asyncio.gather(*(ask(data, timeout=20) for data in sent)) == sent


@pytest.mark.asyncio
async def test_many_calls_are_under_way_at_once() -> None:
    under_way = set()
    all_there = asyncio.Event()

    async def wait_for_all(request: bytes, context: Any) -> bytes:
        under_way.add(request)
        if len(under_way) == _CALLS:
            all_there.set()
        await all_there.wait()
        return request

    async with served(wait_for_all) as ask:
        await asyncio.gather(*(ask(b"%d" % number, timeout=20) for number in range(_CALLS)))


@pytest.mark.asyncio
async def test_without_room_a_call_is_refused_with_a_pushback() -> None:
    async with served(same, most=0) as ask:
        for _ in range(40):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await ask(b"x" * 10_000, timeout=20)
            assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            assert tuple(refused.value.trailing_metadata()) == PUSHBACK


@pytest.mark.asyncio
async def test_as_many_callers_as_there_is_room_for_are_never_refused() -> None:
    # A caller's next call is often here before gRPC has ended the one before it, which it was answered for.
    async with served(same, most=_CALLERS) as ask:

        async def caller() -> None:
            for _ in range(50):
                assert await ask(b"again", timeout=20) == b"again"

        await asyncio.gather(*(caller() for _ in range(_CALLERS)))


@pytest.mark.asyncio
async def test_a_process_that_leaves_sends_callers_elsewhere() -> None:
    admission = Admission("test", 9, LoopLag())
    handler = grpc.unary_unary_rpc_method_handler(same)
    server = LoadSheddingServer(grpc.aio.server(), "test.Service", {"Ask": handler}, admission, Arrivals())
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    admission.close()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        for _ in range(40):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await channel.unary_unary("/test.Service/Ask")(b"", timeout=20)
            assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
            assert not refused.value.trailing_metadata()
    await server.stop(1.0)


@pytest.mark.asyncio
async def test_calls_whose_callers_have_gone_are_ended_and_the_next_are_answered() -> None:
    begun, ended = [], []

    async def endless(request: bytes, context: Any) -> bytes:
        begun.append(request)
        try:
            await asyncio.sleep(0.0 if request == b"next" else 3600)
        except asyncio.CancelledError:
            ended.append(request)
            raise
        return request

    async with served(endless) as ask:
        calls = [ask(b"%d" % number, timeout=20) for number in range(_CALLS)]
        until = time.monotonic() + 10
        while len(begun) < _CALLS and time.monotonic() < until:
            await asyncio.sleep(0.02)
        for call in calls:
            call.cancel()
        assert await ask(b"next", timeout=20) == b"next"
        until = time.monotonic() + 10
        while len(ended) < _CALLS and time.monotonic() < until:
            await asyncio.sleep(0.02)
    assert len(ended) == _CALLS


@pytest.mark.asyncio
async def test_a_server_that_stops_answers_what_is_under_way() -> None:
    handler = grpc.unary_unary_rpc_method_handler(slow)
    admission = Admission("test", 9, LoopLag())
    server = LoadSheddingServer(grpc.aio.server(), "test.Service", {"Ask": handler}, admission, Arrivals())
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary("/test.Service/Ask")(b"late", timeout=20)
        await asyncio.sleep(0.1)
        await server.stop(10.0)
        assert await call == b"late"


async def slow(request: bytes, context: Any) -> bytes:
    await asyncio.sleep(0.5)
    return request
