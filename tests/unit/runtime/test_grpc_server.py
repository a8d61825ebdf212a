"""Connections to our gRPC servers: clients may ping as often as they like, and dead ones are found."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from grpc_health.v1 import health, health_pb2_grpc

from services.runtime.grpc_arrival import Arrivals
from services.runtime.grpc_channel import Options
from services.runtime.grpc_server import new_server, server_options
from tests.http2 import (
    ACK,
    DATA,
    END_STREAM,
    GOAWAY,
    HEADERS,
    PING,
    PREFACE,
    Frame,
    HalfSpoken,
    frame,
    headers,
    message,
)

CHECK = "/grpc.health.v1.Health/Check"
PINGS = 40


@asynccontextmanager
async def served(options: Options) -> AsyncIterator[str]:
    """The address of a server that tells its health."""
    server = new_server(options, Arrivals())
    health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(0.1)


@pytest.mark.asyncio
async def test_a_client_that_pings_without_calls_is_answered_and_keeps_its_connection() -> None:
    async with served(server_options(1 << 20)) as address:
        assert await asyncio.to_thread(pings_then_a_call, address) == (PINGS, True)


def pings_then_a_call(address: str) -> tuple[int, bool]:
    """Pings that were answered, one after another, and whether a call on the same connection was after them."""
    client, answers = HalfSpoken(address), 0
    for _ in range(PINGS):
        client.send(frame(PING, body=b"isalive?"))
        answers += any(one.kind == PING and one.flags & ACK for one in until_answer(client))
    client.send(headers(1, CHECK) + frame(DATA, END_STREAM, 1, message(b"")))
    answered = any(one.kind == DATA for one in client.frames(1))
    client.close()
    return answers, answered


def until_answer(client: HalfSpoken) -> Iterator[Frame]:
    """What comes up to the answer to a ping."""
    for one in client.frames(5):
        yield one
        if one.kind in (PING, GOAWAY):
            return


@pytest.mark.parametrize("calling", [False, True])
@pytest.mark.asyncio
async def test_a_peer_that_does_not_answer_pings_is_let_go_with_calls_or_without(calling: bool) -> None:
    async with served(server_options(1 << 20, alive_s=0.2, answer_s=0.2)) as address:
        client = await asyncio.to_thread(HalfSpoken, address, answers=False)
        if calling:
            client.send(headers(1, CHECK))
        began = time.monotonic()
        kinds = [one.kind for one in await asyncio.to_thread(lambda: list(client.frames(9)))]
        client.close()
    assert PING in kinds
    assert time.monotonic() - began < 8  # without an end of its own the server is still there after nine


@pytest.mark.asyncio
async def test_a_peer_that_answers_pings_stays() -> None:
    async with served(server_options(1 << 20, alive_s=0.1, answer_s=0.1)) as address:
        client = await asyncio.to_thread(HalfSpoken, address)
        kinds = [one.kind for one in await asyncio.to_thread(lambda: list(client.frames(1)))]
        assert kinds.count(PING) > 1 and GOAWAY not in kinds
        client.send(headers(1, CHECK) + frame(DATA, END_STREAM, 1, message(b"")))
        assert any(one.kind == HEADERS for one in await asyncio.to_thread(lambda: list(client.frames(1))))
        client.close()


@pytest.mark.parametrize("said", [b"", PREFACE[:5], PREFACE, PREFACE + frame(4)[:6]])
@pytest.mark.asyncio
async def test_a_connection_that_does_not_introduce_itself_is_let_go_and_others_stay(said: bytes) -> None:
    async with served(server_options(1 << 20, greet_s=0.2)) as address:
        client = await asyncio.to_thread(HalfSpoken, address)
        assert await asyncio.to_thread(is_let_go, address, said)
        client.send(headers(1, CHECK) + frame(DATA, END_STREAM, 1, message(b"")))
        assert await asyncio.to_thread(lambda: any(one.kind == HEADERS for one in client.frames(20)))
        client.close()


def is_let_go(address: str, said: bytes) -> bool:
    """Whether the server hangs up, within half a minute, on who says that and no more."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=30) as silent:
        silent.sendall(said)
        try:
            while silent.recv(1 << 16):
                pass
        except TimeoutError:
            return False
        except ConnectionResetError:
            pass
    return True
