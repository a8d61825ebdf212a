"""The gRPC shell: statuses for errors, one health for both kinds of probe, and a replica that leaves politely."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import StringValue
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.errors import Bug, Rejected, Unavailable
from services.runtime.admission import PUSHBACK_MS, Admission, Overloaded
from services.runtime.grpc_method import metadata_of, unary_method
from services.runtime.grpc_server import server_options
from services.runtime.grpc_service import GrpcService, ServiceServer
from services.runtime.health import Readiness
from services.runtime.loop_lag import LoopLag

NAME = "test.Shop"
ASK = f"/{NAME}/Ask"
Act = Callable[[StringValue, Any], Awaitable[Message]]


class Shop:
    """A served service of one method, and a caller of it."""

    def __init__(self, act: Act) -> None:
        self.readiness = Readiness()
        methods = {"Ask": unary_method(StringValue, act)}
        service = GrpcService(NAME, methods, Admission("test", 8, LoopLag()), server_options(1024))
        self.server = ServiceServer(service, self.readiness)
        self.port = self.server.add_insecure_port("127.0.0.1:0")

    @asynccontextmanager
    async def served(self) -> AsyncIterator[grpc.aio.Channel]:
        await self.server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{self.port}") as channel:
            yield channel
        await self.server.stop(0.1)


async def same(request: StringValue, context: Any) -> Message:
    return StringValue(value=f"{request.value} {metadata_of(context, 'from')}".strip())


def asked(text: str) -> bytes:
    return StringValue(value=text).SerializeToString()


@pytest.mark.asyncio
async def test_a_message_and_what_is_sent_beside_it_reach_the_method() -> None:
    async with Shop(same).served() as channel:
        ask = channel.unary_unary(ASK)
        assert await ask(asked("tee"), metadata=(("from", "till-7"),), timeout=20) == asked("tee till-7")
        assert await ask(asked("tee"), timeout=20) == asked("tee")


@pytest.mark.parametrize(
    ("error", "code", "details"),
    [
        (Rejected("invalid", "price", -1, "0 or more"), grpc.StatusCode.INVALID_ARGUMENT, "price: -1"),
        (Rejected("not_found", "id", "x", "a product"), grpc.StatusCode.NOT_FOUND, "id: 'x'"),
        (Rejected("not_allowed", "seed", "1", "none"), grpc.StatusCode.PERMISSION_DENIED, "seed: '1'"),
        (Overloaded("full"), grpc.StatusCode.RESOURCE_EXHAUSTED, "full"),
        (Unavailable("redis", "away"), grpc.StatusCode.UNAVAILABLE, "redis is unavailable: away"),
        (Bug("secret"), grpc.StatusCode.INTERNAL, "internal error"),
        (ValueError("secret"), grpc.StatusCode.INTERNAL, "internal error"),
    ],
)
@pytest.mark.asyncio
async def test_an_error_is_told_as_the_status_that_says_whose_it_is(
    error: Exception, code: grpc.StatusCode, details: str
) -> None:
    async def fail(request: StringValue, context: Any) -> Message:
        raise error

    async with Shop(fail).served() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await channel.unary_unary(ASK)(asked("tee"), timeout=20)
    assert refused.value.code() is code
    assert (refused.value.details() or "").startswith(details)
    pushback = dict(refused.value.trailing_metadata()).get("grpc-retry-pushback-ms")
    assert pushback == (str(PUSHBACK_MS) if code is grpc.StatusCode.RESOURCE_EXHAUSTED else None)


@pytest.mark.asyncio
async def test_bytes_that_are_no_request_are_the_callers_mistake() -> None:
    async with Shop(same).served() as channel:
        with pytest.raises(grpc.aio.AioRpcError, match=r"request: '2 bytes' where a google\.protobuf\.StringValue"):
            await channel.unary_unary(ASK)(b"\xff\xff", timeout=20)


@pytest.mark.asyncio
async def test_a_replica_that_leaves_refuses_new_calls_and_answers_those_under_way() -> None:
    under_way, finish = asyncio.Event(), asyncio.Event()

    async def wait(request: StringValue, context: Any) -> Message:
        under_way.set()
        await finish.wait()
        return request

    shop = Shop(wait)
    assert shop.readiness.waits() == ["start"]
    async with shop.served() as channel:
        ask, probe = channel.unary_unary(ASK), health_pb2_grpc.HealthStub(channel)
        assert await statuses(probe) == [health_pb2.HealthCheckResponse.SERVING] * 2
        assert shop.readiness.waits() == []
        first = asyncio.ensure_future(ask(asked("tee"), timeout=20))
        await under_way.wait()
        leaving = asyncio.create_task(shop.server.leave(10.0, refuse_s=2.0))
        await asyncio.sleep(0)
        assert await statuses(probe) == [health_pb2.HealthCheckResponse.NOT_SERVING] * 2
        assert shop.readiness.waits() == ["end"]
        with pytest.raises(grpc.aio.AioRpcError, match="leaving") as refused:
            await ask(asked("late"), timeout=20)
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
        finish.set()
        assert await first == asked("tee")
        await leaving


async def statuses(probe: Any) -> list[int]:
    """What health probes are told of the process and of the service."""
    return [(await probe.Check(health_pb2.HealthCheckRequest(service=name))).status for name in ("", NAME)]


@pytest.mark.asyncio
@pytest.mark.parametrize("most", [0, 8])
async def test_a_service_beside_shares_port_health_and_admission(most: int) -> None:
    ask = {"Ask": unary_method(StringValue, same)}
    admission = Admission("test", most, LoopLag())
    service = GrpcService(NAME, ask, admission, server_options(1024), beside={"test.Stall": ask})
    server = ServiceServer(service, Readiness())
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        for name in (NAME, "test.Stall"):
            call = channel.unary_unary(f"/{name}/Ask")(asked("tee"), timeout=20)
            expected = grpc.StatusCode.OK if most else grpc.StatusCode.RESOURCE_EXHAUSTED
            assert await call.code() is expected
            answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=name))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
    await server.stop(0.1)
