"""The simulated ad server: calls the creative service over gRPC and records how long each answer took."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.simulator.ports import Ad, AdRequest

DEADLINE_S: Final = 0.25


@dataclass(slots=True)
class Answers:
    """The answers since the last call of `take`."""

    waits_ms: list[float] = field(default_factory=list)  # for each request, answered or not
    degraded: int = 0
    failed: int = 0
    failure: str = ""  # text of the newest failure


class GrpcAdServer:
    """An `AdServer` on a real channel."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = CreativeServiceStub(channel)
        self._answers = Answers()

    async def serve(self, request: AdRequest) -> Ad | None:
        """See `AdServer`; a request that fails is counted."""
        call = pb.SelectCreativesRequest(
            request_id=request.request_id,
            user_id=request.user_id,
            context=pb.Context(locale=request.locale, device=request.device, page="product", query=request.query),
            placements=[pb.Placement(placement_id=request.placement_id, format=request.format, count=1)],
        )
        call.context.time.GetCurrentTime()
        began = time.perf_counter()
        try:
            response = await self._stub.SelectCreatives(call, timeout=DEADLINE_S)
        except grpc.aio.AioRpcError as error:
            # A request that missed its deadline is timed, too: without it, a slow server would look fast.
            self._answers.waits_ms.append(_since_ms(began))
            self._answers.failed += 1
            self._answers.failure = f"{error.code().name}: {error.details()}"
            return None
        self._answers.waits_ms.append(_since_ms(began))
        selection = response.selections[0]
        self._answers.degraded += bool(selection.degraded)
        return Ad(selection.creative_id, selection.product_id, selection.texts.headline, selection.impression_token)

    def take(self) -> Answers:
        """What came back since the last call."""
        taken, self._answers = self._answers, Answers()
        return taken


def _since_ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000.0
