"""Asks a Triton server for embeddings of texts from a thread, beside no event loop. Needs no torch."""

from collections.abc import Sequence

import grpc
import numpy as np
from numpy.typing import NDArray
from tritonclient.grpc import service_pb2 as pb

from services.models import translate
from services.models.tensors import TEXT_ENCODER
from services.models.triton_messages import INFER, arrays_in, failure, request_of
from services.runtime.grpc_channel import open_channel


class TritonTexts:
    """A `TextEncoder` on a real server."""

    def __init__(self, address: str) -> None:
        self._channel = open_channel(address)
        self._infer = self._channel.unary_unary(
            INFER,
            request_serializer=pb.ModelInferRequest.SerializeToString,
            response_deserializer=pb.ModelInferResponse.FromString,
        )

    def encode(self, texts: Sequence[str], *, budget_s: float) -> NDArray[np.float32]:
        """One batched call for all texts."""
        request = request_of(TEXT_ENCODER, (translate.utf8_rows(texts),), TEXT_ENCODER.outputs)
        try:
            answer = self._infer(request, timeout=budget_s)
        except grpc.RpcError as exc:
            raise failure(TEXT_ENCODER, exc.code(), exc.details(), budget_s) from exc
        embedding: NDArray[np.float32] = arrays_in(TEXT_ENCODER, answer, TEXT_ENCODER.outputs)[0]
        return embedding

    def close(self) -> None:
        """Ends the connection."""
        self._channel.close()
