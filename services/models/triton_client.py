"""Calls the models on a Triton server over gRPC; the adapter behind the port `Models`. Needs no torch.

The call uses Triton's own messages on a plain channel. tritonclient wraps each tensor in objects that are not needed
here and make a call a third slower.
"""

from collections.abc import Sequence
from typing import Any

import grpc
import numpy as np
from numpy.typing import NDArray
from tritonclient.grpc import service_pb2 as pb

from services.common.errors import Unavailable
from services.models import translate
from services.models.ports import Scores
from services.models.tensors import CREATIVE_GENERATOR, CTR, TEXT_ENCODER, ModelContract, TensorSpec
from services.models.triton_messages import INFER, READY, arrays_in, failure, request_of
from services.runtime.grpc_channel import open_aio_channel

# gRPC waits up to two minutes between attempts to connect again; an ad server's next question comes sooner.
_CHANNEL = (("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 1000))


class TritonModels:
    """The port `Models` on a real server; one instance belongs to one event loop."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._channel = open_aio_channel(address, _CHANNEL)
        self._infer = self._channel.unary_unary(
            INFER,
            request_serializer=pb.ModelInferRequest.SerializeToString,
            response_deserializer=pb.ModelInferResponse.FromString,
        )
        self._ready = self._channel.unary_unary(
            READY,
            request_serializer=pb.ModelReadyRequest.SerializeToString,
            response_deserializer=pb.ModelReadyResponse.FromString,
        )

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        """One batched call for all candidates."""
        (probability,) = await self.infer(CTR, (dense, categories), budget_s=budget_s, outputs=CTR.outputs[:1])
        return Scores(probability[:, 0])

    async def generate(
        self,
        noise: NDArray[np.float32],
        product_class: NDArray[np.int64],
        audience: NDArray[np.float32],
        *,
        budget_s: float,
    ) -> NDArray[np.uint8]:
        """One batched call for all pictures."""
        rows = (noise, product_class[:, None], audience)
        (image,) = await self.infer(CREATIVE_GENERATOR, rows, budget_s=budget_s)
        return translate.pictures(image)

    async def encode(self, texts: Sequence[str], *, budget_s: float) -> NDArray[np.float32]:
        """One batched call for all texts."""
        (embedding,) = await self.infer(TEXT_ENCODER, (translate.utf8_rows(texts),), budget_s=budget_s)
        return embedding

    async def infer(
        self,
        contract: ModelContract,
        rows: Sequence[NDArray[np.generic]],
        *,
        budget_s: float,
        outputs: Sequence[TensorSpec] = (),
    ) -> list[NDArray[Any]]:
        """The model's outputs, or those named, for inputs in the order of its contract.

        Raises Unavailable if the answer does not come within the budget, Bug if the inputs break the contract.
        """
        if budget_s <= 0.0:
            raise Unavailable("triton", f"no time is left to call {contract.name}")
        wanted = outputs or contract.outputs
        try:
            answer = await self._infer(request_of(contract, rows, wanted), timeout=budget_s)
        except grpc.aio.AioRpcError as exc:
            raise failure(contract, exc.code(), exc.details(), budget_s) from exc
        return arrays_in(contract, answer, wanted)

    async def ready(self, contract: ModelContract, *, budget_s: float) -> bool:
        """Whether the server reports the model as ready; only `verify` shows that it computes what was trained."""
        try:
            return bool((await self._ready(pb.ModelReadyRequest(name=contract.name), timeout=budget_s)).ready)
        except grpc.aio.AioRpcError as exc:
            raise Unavailable("triton", f"{self.address}: {exc.details()}") from exc

    async def close(self) -> None:
        """Ends the connection."""
        await self._channel.close()
