"""A port that cannot be opened ends the process with one sentence; one that is open is not held by who says nothing."""

from __future__ import annotations

import asyncio
import socket

import grpc
import pytest

from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.common.errors import Misconfigured
from services.creative.server import SERVICE, build_server
from services.creative.settings import CreativeSettings
from services.runtime.grpc_server import listen
from services.runtime.health import Readiness
from tests.unit.creative.house import House, page


@pytest.mark.parametrize("host", ["taken", "nowhere.invalid:1"])
@pytest.mark.asyncio
async def test_a_port_that_somebody_has_or_that_is_nowhere_is_a_wrong_setting(house: House, host: str) -> None:
    server = build_server(house.assembly().servicer, Readiness())
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}" if host == "taken" else host
        with pytest.raises(Misconfigured, match=f"ADLOOM_CREATIVE: nothing can listen on {address}"):
            listen(server, address, "ADLOOM_CREATIVE")


@pytest.mark.parametrize(
    "method",
    [
        *(f"/{SERVICE}/{name}" for name in ("SelectCreatives", "GetCreative", "ListCreatives", "GenerateCreatives")),
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/Watch",
    ],
)
@pytest.mark.asyncio
async def test_a_call_of_any_method_that_brings_no_message_is_ended(house: House, method: str) -> None:
    async with house.served() as channel:
        call = channel.stream_stream(method)()
        await call.done_writing()
        assert await asyncio.wait_for(call.code(), 20) is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.asyncio
async def test_callers_that_have_sent_headers_only_leave_all_places_to_others(house: House) -> None:
    async with house.served() as channel:
        held = [channel.stream_stream(f"/{SERVICE}/SelectCreatives")() for _ in range(CreativeSettings().in_flight)]
        await asyncio.gather(*(call.wait_for_connection() for call in held))
        for _ in range(3):
            assert (await CreativeServiceStub(channel).SelectCreatives(page(), timeout=20)).selections
        for call in held:
            call.cancel()
