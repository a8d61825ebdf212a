"""Triton's own messages for a model's contract, and what its errors mean. Needs no torch."""

from collections.abc import Sequence
from typing import Any, Final

import grpc
import numpy as np
from numpy.typing import NDArray
from tritonclient.grpc import service_pb2 as pb

from services.common.errors import Bug, Unavailable
from services.models.tensors import ModelContract, TensorSpec

INFER: Final = "/inference.GRPCInferenceService/ModelInfer"
READY: Final = "/inference.GRPCInferenceService/ModelReady"

_DTYPES = {"FP32": np.float32, "INT64": np.int64, "UINT8": np.uint8}


def request_of(
    contract: ModelContract, rows: Sequence[NDArray[np.generic]], wanted: Sequence[TensorSpec]
) -> pb.ModelInferRequest:
    """Asks for the outputs that are wanted; raises Bug if the inputs break the contract."""
    request = pb.ModelInferRequest(model_name=contract.name)
    for spec, array in zip(contract.inputs, rows, strict=True):
        if array.shape[1:] != spec.shape or array.dtype != spec.numpy_dtype:
            raise Bug(
                f"{spec.name} is {array.dtype} {array.shape}, the contract says {spec.dtype} (rows, {spec.shape})"
            )
        request.inputs.add(name=spec.name, datatype=spec.dtype, shape=array.shape)
        request.raw_input_contents.append(array.tobytes())
    for spec in wanted:
        request.outputs.add(name=spec.name)
    return request


def arrays_in(
    contract: ModelContract, answer: pb.ModelInferResponse, wanted: Sequence[TensorSpec]
) -> list[NDArray[Any]]:
    """The tensors by name: the server may answer in another order."""
    found = {
        tensor.name: np.frombuffer(content, dtype=_DTYPES[tensor.datatype]).reshape(tuple(tensor.shape))
        for tensor, content in zip(answer.outputs, answer.raw_output_contents, strict=True)
    }
    if missing := [spec.name for spec in wanted if spec.name not in found]:
        raise Bug(f"{contract.name} answered without {', '.join(missing)}")
    return [found[spec.name] for spec in wanted]


def failure(contract: ModelContract, code: grpc.StatusCode, details: str | None, budget_s: float) -> Bug | Unavailable:
    """What a call that failed means to the caller."""
    if code is grpc.StatusCode.INVALID_ARGUMENT:
        return Bug(f"{contract.name} refused its inputs: {details}")
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        return Unavailable("triton", f"{contract.name} did not answer within {budget_s * 1000:.0f} ms")
    return Unavailable("triton", f"{contract.name}: {details}")
