"""Runs a model's file by onnxruntime."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from services.screening.model_file import ModelFile, NotInstalled, content_of


def session_of(file: ModelFile) -> Any | NotInstalled:  # noqa: ANN401 - onnxruntime.InferenceSession
    """An onnxruntime session on one core: many ads are screened beside the serving of ads."""
    if find_spec("onnxruntime") is None:
        return NotInstalled('onnxruntime is not installed (extra "screening")')
    weights = content_of(file)
    if isinstance(weights, NotInstalled):
        return weights
    import onnxruntime  # takes a second, and most processes need none of it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # else it holds its peak for ever
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
