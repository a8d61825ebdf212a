"""The simulated ad server's counts, against a real gRPC server."""

from __future__ import annotations

import asyncio

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import (
    CreativeServiceServicer,
    add_CreativeServiceServicer_to_server,
)
from services.simulator.grpc_ad_server import DEADLINE_S, Answers, GrpcAdServer
from services.simulator.ports import AdRequest

REQUEST = AdRequest("r", "alice", "en-GB", "phone", "", "front", "300x250")


class Late(CreativeServiceServicer):
    """Answers those who ask for boots, and nobody else before their deadline."""

    async def SelectCreatives(  # noqa: N802 - gRPC's name
        self, request: pb.SelectCreativesRequest, context: grpc.aio.ServicerContext
    ) -> pb.SelectCreativesResponse:
        if request.context.query != "boots":
            await asyncio.sleep(4 * DEADLINE_S)
        return pb.SelectCreativesResponse(selections=[pb.Selection(creative_id="c")])


async def ask_twice() -> Answers:
    server = grpc.aio.server()
    add_CreativeServiceServicer_to_server(Late(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        await channel.channel_ready()
        ads = GrpcAdServer(channel)
        await ads.serve(AdRequest("q", "alice", "en-GB", "phone", "boots", "front", "300x250"))
        assert await ads.serve(REQUEST) is None
        answers = ads.take()
    await server.stop(None)
    return answers


def test_a_request_that_missed_its_deadline_is_timed_too() -> None:
    answers = asyncio.run(ask_twice())
    assert answers.failed == 1
    assert "DEADLINE_EXCEEDED" in answers.failure
    assert len(answers.waits_ms) == 2
    assert answers.waits_ms[1] >= 1000 * DEADLINE_S * 0.9
