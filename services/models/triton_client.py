"""Asks the models on a Triton server over gRPC; the adapter behind the port `Models`. Needs no torch."""

import asyncio
from collections.abc import Sequence

import numpy as np
import tritonclient.grpc.aio as triton
from numpy.typing import NDArray
from tritonclient.utils import InferenceServerException

from services.common.errors import Bug, Unavailable
from services.models import translate
from services.models.ports import Scores
from services.models.tensors import CREATIVE_GENERATOR, CTR, TEXT_ENCODER, ModelContract, TensorSpec

# gRPC waits up to two minutes between attempts to connect again; an ad server's next question comes sooner.
_CHANNEL = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 1000)]
_CALLERS_FAULT = "StatusCode.INVALID_ARGUMENT"


class TritonModels:
    """The port `Models` on a real server; one instance belongs to one event loop."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client = triton.InferenceServerClient(address, channel_args=_CHANNEL)

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        """One batched call for all candidates."""
        probability, hidden = await self.infer(CTR, (dense, categories), budget_s=budget_s)
        return Scores(probability[:, 0], hidden)

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
        self, contract: ModelContract, rows: Sequence[NDArray[np.generic]], *, budget_s: float
    ) -> list[NDArray[np.float32]]:
        """The model's outputs, in the order of its contract, for inputs in the order of its contract.

        Raises Unavailable if the answer does not come within the budget, Bug if the inputs break the contract.
        """
        if budget_s <= 0.0:
            raise Unavailable("triton", f"no time is left to ask {contract.name}")
        inputs = [_input(spec, array) for spec, array in zip(contract.inputs, rows, strict=True)]
        wanted = [triton.InferRequestedOutput(spec.name) for spec in contract.outputs]
        try:
            answer = await asyncio.wait_for(
                self._client.infer(contract.name, inputs, outputs=wanted, client_timeout=budget_s), budget_s
            )
        except TimeoutError as exc:
            raise Unavailable("triton", f"{contract.name} did not answer within {budget_s * 1000:.0f} ms") from exc
        except InferenceServerException as exc:
            if exc.status() == _CALLERS_FAULT:
                raise Bug(f"{contract.name} refused its inputs: {exc.message()}") from exc
            raise Unavailable("triton", f"{contract.name}: {exc.message()}") from exc
        return [answer.as_numpy(spec.name) for spec in contract.outputs]

    async def ready(self, contract: ModelContract, *, budget_s: float) -> bool:
        """Whether the server says that it has the model; only `verify` shows that it works."""
        try:
            return bool(await self._client.is_model_ready(contract.name, client_timeout=budget_s))
        except InferenceServerException as exc:
            raise Unavailable("triton", f"{self.address}: {exc.message()}") from exc

    async def close(self) -> None:
        """Ends the connection."""
        await self._client.close()


def _input(spec: TensorSpec, array: NDArray[np.generic]) -> triton.InferInput:
    if array.shape[1:] != spec.shape or array.dtype != spec.numpy_dtype:
        raise Bug(f"{spec.name} is {array.dtype} {array.shape}, its contract says {spec.dtype} (rows, {spec.shape})")
    tensor = triton.InferInput(spec.name, list(array.shape), spec.dtype)
    tensor.set_data_from_numpy(np.ascontiguousarray(array))
    return tensor
