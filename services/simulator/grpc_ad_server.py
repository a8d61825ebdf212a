"""The simulated ad server: asks the creative-service over gRPC and writes down how long it waited for each answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.simulator.ports import Ad, Question

DEADLINE_S: Final = 0.25


@dataclass(slots=True)
class Answers:
    """What came back since it was last taken."""

    waits_ms: list[float] = field(default_factory=list)  # for each request, answered or not
    degraded: int = 0
    failed: int = 0
    failure: str = ""  # the newest, in words


class GrpcAdServer:
    """An `AdServer` on a real channel."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub = CreativeServiceStub(channel)
        self._answers = Answers()

    async def ask(self, question: Question) -> Ad | None:
        """See `AdServer`; a request that fails is counted."""
        request = pb.SelectCreativesRequest(
            request_id=question.request_id,
            user_id=question.user_id,
            context=pb.Context(locale=question.locale, device=question.device, page="product", query=question.query),
            placements=[pb.Placement(placement_id=question.placement_id, format=question.format, count=1)],
        )
        request.context.time.GetCurrentTime()
        began = time.perf_counter()
        try:
            response = await self._stub.SelectCreatives(request, timeout=DEADLINE_S)
        except grpc.aio.AioRpcError as error:
            # A request that missed its deadline has a time, too: left out, it would make a slow server look quick.
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
