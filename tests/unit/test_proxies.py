"""Whatever proxies the environment names, our own parts are asked without one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
import pytest_asyncio

from services.models.tensors import CTR
from services.models.triton_client import TritonModels
from services.runtime.grpc_channel import open_aio_channel, open_channel
from services.runtime.health import HealthServer, Readiness
from services.sdk.creative_channel import channel_to
from services.tools.bench.candidates import BareScores
from services.tools.stack.health_endpoint import HealthEndpoint
from services.tools.stack.triton.server import is_ready
from tests.conftest import NOWHERE, PROXIES

METHOD = "/any.Service/Method"
WITHIN_S = 20


class Anything(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc ships no types
    """Answers every call with an empty message."""

    def service(self, details: Any) -> grpc.RpcMethodHandler:
        async def nothing(request: bytes, context: Any) -> bytes:
            return b""

        return grpc.unary_unary_rpc_method_handler(nothing)


@pytest_asyncio.fixture
async def address() -> AsyncIterator[str]:
    server = grpc.aio.server(handlers=[Anything()])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(0.1)


@pytest.fixture(autouse=True, params=[*PROXIES, "all of them"])
def proxied(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "no_grpc_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in PROXIES if request.param == "all of them" else (request.param,):
        monkeypatch.setenv(name, NOWHERE)


def asked(channel: grpc.Channel) -> bytes:
    with channel:
        answer: bytes = channel.unary_unary(METHOD)(b"", timeout=WITHIN_S)
    return answer


@pytest.mark.asyncio
async def test_callers_and_tools_reach_a_server(address: str) -> None:
    for channel in (open_channel(address), channel_to(address)):
        assert await asyncio.to_thread(asked, channel) == b""
    async with open_aio_channel(address) as channel:
        assert await channel.unary_unary(METHOD)(b"", timeout=WITHIN_S) == b""


@pytest.mark.asyncio
async def test_triton_is_reached_by_the_service_by_the_probe_and_by_its_own_client(address: str) -> None:
    models, bare = TritonModels(address), BareScores(address)
    assert await models.ready(CTR, budget_s=WITHIN_S) is False  # an answer
    assert await is_ready(address)() == "the models of triton"
    assert await bare._client.is_server_ready(client_timeout=WITHIN_S) is False
    await models.close()
    await bare.close()


def test_a_health_port_is_reached() -> None:
    readiness = Readiness()
    server = HealthServer(0, readiness)
    server.start()
    readiness.ready()
    try:
        assert HealthEndpoint(f"127.0.0.1:{server.port}", "profiles").ready()
    finally:
        server.stop()
