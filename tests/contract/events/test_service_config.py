"""The service config that clients are shipped is one that gRPC takes, names real methods, and retries."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import pytest_asyncio

from protos.gen.adloom.campaigns.v1 import campaign_service_pb2
from protos.gen.adloom.catalogue.v1 import catalogue_service_pb2
from protos.gen.adloom.creative.v1 import creative_service_pb2
from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from protos.gen.adloom.events.v1 import event_service_pb2_grpc as rpc

CONFIG = (Path(__file__).resolve().parents[3] / "protos/adloom/service_config.json").read_text()


class FailsTwice(rpc.EventServiceServicer):
    """Is unavailable for two calls."""

    def __init__(self) -> None:
        self.calls = 0

    async def PublishEvents(self, request: pb.PublishEventsRequest, context: object) -> pb.PublishEventsResponse:
        self.calls += 1
        if self.calls <= 2:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not yet")  # type: ignore[attr-defined]
        return pb.PublishEventsResponse()


@pytest_asyncio.fixture
async def servicer_and_address() -> AsyncIterator[tuple[FailsTwice, str]]:
    servicer, server = FailsTwice(), grpc.aio.server()
    rpc.add_EventServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield servicer, f"127.0.0.1:{port}"
    await server.stop(1)


@pytest.mark.asyncio
async def test_a_client_with_the_config_gets_over_two_failures(servicer_and_address: tuple[FailsTwice, str]) -> None:
    servicer, address = servicer_and_address
    async with grpc.aio.insecure_channel(address, options=[("grpc.service_config", CONFIG)]) as channel:
        await rpc.EventServiceStub(channel).PublishEvents(pb.PublishEventsRequest())
    assert servicer.calls == 3


@pytest.mark.asyncio
async def test_a_client_without_it_does_not(servicer_and_address: tuple[FailsTwice, str]) -> None:
    async with grpc.aio.insecure_channel(servicer_and_address[1]) as channel:
        with pytest.raises(grpc.aio.AioRpcError):
            await rpc.EventServiceStub(channel).PublishEvents(pb.PublishEventsRequest())


def test_every_method_that_is_named_exists() -> None:
    known = {
        (service.full_name, method.name)
        for file in (
            module.DESCRIPTOR for module in (campaign_service_pb2, catalogue_service_pb2, creative_service_pb2, pb)
        )
        for service in file.services_by_name.values()
        for method in service.methods
    }
    named = {(n["service"], n["method"]) for entry in json.loads(CONFIG)["methodConfig"] for n in entry["name"]}
    assert named <= known
