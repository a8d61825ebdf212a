"""A place is taken by a request whose message has arrived; who only begins a call keeps nobody out, nor stays long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from services.runtime.admission import Admission
from services.runtime.grpc_accept import AT_ONCE, LoadSheddingServer
from services.runtime.grpc_arrival import Arrivals
from services.runtime.grpc_server import STREAMS, new_server, server_options
from services.runtime.loop_lag import LoopLag
from tests.http2 import DATA, END_STREAM, HEADERS, HalfSpoken, frame, headers, message

ASK = "/test.Service/Ask"
PLACES = 2
HOLDERS = 3 * PLACES
ENDED = grpc.StatusCode.DEADLINE_EXCEEDED
HOUR_S = 3600.0


@asynccontextmanager
async def served(arrivals: Arrivals) -> AsyncIterator[str]:
    """The address of a server that gives back what it gets, to `PLACES` at a time, and tells its health."""

    async def same(request: bytes, context: Any) -> bytes:
        return request

    server = new_server(server_options(1 << 20), arrivals)
    handlers = {"Ask": grpc.unary_unary_rpc_method_handler(same)}
    accepting = LoadSheddingServer(server, "test.Service", handlers, Admission("test", PLACES, LoopLag()), arrivals)
    health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
    port = accepting.add_insecure_port("127.0.0.1:0")
    await accepting.start()
    yield f"127.0.0.1:{port}"
    await accepting.stop(0.1)


def begun(channel: grpc.aio.Channel, method: str, count: int) -> list[Any]:
    """Calls that say nothing after their headers, and do not end."""
    return [channel.stream_stream(method)() for _ in range(count)]


async def answered(address: str) -> bool:
    """Whether a caller on a connection of its own is."""
    async with grpc.aio.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
        return bool(await channel.unary_unary(ASK)(b"all of it", timeout=20) == b"all of it")


async def status(call: Any) -> grpc.StatusCode:
    return await asyncio.wait_for(call.code(), 20)


@pytest.mark.asyncio
async def test_callers_who_send_headers_alone_take_no_place() -> None:
    async with served(Arrivals(HOUR_S)) as address, grpc.aio.insecure_channel(address) as channel:
        held = begun(channel, ASK, AT_ONCE + HOLDERS)  # more than lie ready for the core, and for grpc.aio itself
        await asyncio.gather(*(call.wait_for_connection() for call in held))
        for _ in range(20):
            assert await answered(address)
        assert not any(call.done() for call in held)


@pytest.mark.parametrize("said", [b"", message(b"x" * 100)[:3], message(b"x" * 100)[:50]])
@pytest.mark.asyncio
async def test_callers_who_send_half_a_message_take_no_place_and_are_told_off(said: bytes) -> None:
    async with served(Arrivals(0.2)) as address:
        client = await asyncio.to_thread(HalfSpoken, address)
        for stream in range(1, 2 * HOLDERS, 2):
            client.send(headers(stream, ASK) + frame(DATA, 0, stream, said))
        assert await answered(address)
        ended = await asyncio.to_thread(streams_ended, client, HOLDERS)
        client.close()
    assert ended == HOLDERS


def streams_ended(client: HalfSpoken, count: int) -> int:
    """How many have ended, once so many have or nothing more comes."""
    ended: set[int] = set()
    for one in client.frames(20):
        if one.kind == HEADERS and one.flags & END_STREAM:
            ended.add(one.stream)
        if len(ended) == count:
            break
    return len(ended)


@pytest.mark.parametrize("method", [ASK, "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"])
@pytest.mark.asyncio
async def test_headers_without_a_message_end_when_patience_does(method: str) -> None:
    async with served(Arrivals(0.2)) as address, grpc.aio.insecure_channel(address) as channel:
        held = begun(channel, method, HOLDERS)
        assert {await status(call) for call in held} == {ENDED}
        assert "no message followed" in await held[0].details()


@pytest.mark.asyncio
async def test_where_too_many_are_waited_for_the_oldest_makes_room() -> None:
    async with served(Arrivals(HOUR_S, most=5)) as address, grpc.aio.insecure_channel(address) as channel:
        held = []
        for _ in range(8):
            held += begun(channel, ASK, 1)
            await held[-1].wait_for_connection()
            await asyncio.sleep(0.05)  # they come in this order
        assert [await status(call) for call in held[:3]] == [ENDED] * 3
        assert not any(call.done() for call in held[3:])
        assert await answered(address)


@pytest.mark.asyncio
async def test_a_call_that_ends_without_a_message_is_wrong() -> None:
    async with served(Arrivals(HOUR_S)) as address, grpc.aio.insecure_channel(address) as channel:
        for call in begun(channel, ASK, HOLDERS):
            await call.done_writing()
            assert await status(call) is grpc.StatusCode.INVALID_ARGUMENT
        assert await answered(address)


@pytest.mark.asyncio
async def test_callers_who_cancel_before_their_message_are_forgotten() -> None:
    arrivals = Arrivals(HOUR_S)
    async with served(arrivals) as address, grpc.aio.insecure_channel(address) as channel:
        held = begun(channel, ASK, HOLDERS)
        await asyncio.gather(*(call.wait_for_connection() for call in held))
        for call in held:
            call.cancel()
        assert await answered(address)
        while arrivals.waited_for:  # ends, or pytest's timeout does
            await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_a_stream_stays_however_long_its_client_says_no_more() -> None:
    async with served(Arrivals(0.2)) as address, grpc.aio.insecure_channel(address) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        (late,) = begun(channel, ASK, 1)
        assert await status(late) is ENDED  # by now others were told off
        assert not watch.done()
        watch.cancel()


@pytest.mark.asyncio
async def test_a_client_with_thousands_of_calls_on_one_connection_keeps_most_of_them_with_itself() -> None:
    arrivals = Arrivals(HOUR_S)
    async with served(arrivals) as address, grpc.aio.insecure_channel(address) as channel:
        held = begun(channel, ASK, 10 * STREAMS)
        assert await answered(address)
        assert arrivals.waited_for <= STREAMS
        for call in held:
            call.cancel()
