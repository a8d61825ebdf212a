"""The base class of the models under Triton's Python back end; runs inside Triton's interpreter only.

Tensors are passed by DLPack only: the server's stub misreads NumPy 2 arrays without an error. Requests that Triton
hands over together are computed as one batch, and the outputs are split again by request.
"""

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.dlpack import from_dlpack

from services.models.tensors import ModelContract

Forward = Callable[..., Sequence[Tensor]]


class ServedModel:
    """A Triton Python model: names its contract, loads itself, and computes outputs from inputs."""

    contract: ModelContract

    def load(self, folder: Path) -> Forward:
        """The function from the contract's inputs to its outputs; `folder` is the version folder in the repository."""
        raise NotImplementedError

    def initialize(self, args: dict[str, str]) -> None:
        """Called once by Triton: loads the weights and computes a batch of zeros, so that no caller waits for that."""
        torch.set_num_threads(1)
        self._triton = importlib.import_module("triton_python_backend_utils")  # exists in Triton's interpreters only
        self._forward = self.load(Path(args["model_repository"]) / args["model_version"])
        self._compute([torch.zeros(2, *spec.shape, dtype=_TORCH[spec.dtype]) for spec in self.contract.inputs])

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """Called by Triton with the requests of one batch."""
        inputs = [[self._input(request, spec.name) for request in requests] for spec in self.contract.inputs]
        rows = [len(first) for first in inputs[0]]
        outputs = self._compute([torch.cat(parts) if len(parts) > 1 else parts[0] for parts in inputs])
        shares = zip(*(torch.split(output, rows) for output in outputs), strict=True)
        return [self._answer(request, share) for request, share in zip(requests, shares, strict=True)]

    def _compute(self, inputs: Sequence[Tensor]) -> Sequence[Tensor]:
        with torch.inference_mode():
            return self._forward(*inputs)

    def _input(self, request: Any, name: str) -> Tensor:
        return from_dlpack(self._triton.get_input_tensor_by_name(request, name))

    def _answer(self, request: Any, outputs: Sequence[Tensor]) -> Any:
        """Only the outputs that the request names, so that no others are copied."""
        wanted = request.requested_output_names()
        named = [
            (spec.name, out) for spec, out in zip(self.contract.outputs, outputs, strict=True) if spec.name in wanted
        ]
        return self._triton.InferenceResponse(
            output_tensors=[self._triton.Tensor.from_dlpack(name, output.clone()) for name, output in named]
        )


_TORCH = {"FP32": torch.float32, "INT64": torch.int64, "UINT8": torch.uint8}
