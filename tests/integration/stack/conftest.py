"""One tiny model for stacks of a test's own: Triton starts sooner with it than with all of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import stack_environ

CONFIG = """
name: "double"
backend: "python"
max_batch_size: 8
input [ { name: "x" data_type: TYPE_FP32 dims: [ 4 ] } ]
output [ { name: "y" data_type: TYPE_FP32 dims: [ 4 ] } ]
"""
MODEL = """
import torch
import triton_python_backend_utils as pb


class TritonPythonModel:
    def execute(self, requests):
        inputs = (torch.from_dlpack(pb.get_input_tensor_by_name(r, "x").to_dlpack()) for r in requests)
        return [pb.InferenceResponse([pb.Tensor.from_dlpack("y", 2 * x)]) for x in inputs]
"""


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with the tiny one in it."""
    folder = tmp_path_factory.mktemp("models")
    (folder / "__pycache__").mkdir()  # Triton would take it for a model
    (folder / "double" / "1").mkdir(parents=True)
    (folder / "double" / "config.pbtxt").write_text(CONFIG)
    (folder / "double" / "1" / "model.py").write_text(MODEL)
    return folder


@pytest.fixture(scope="session")
def environ(models: Path) -> dict[str, str]:
    """An environment in which Triton serves one tiny model."""
    return {**stack_environ(), "ADLOOM_MODELS_DIR": str(models)}
