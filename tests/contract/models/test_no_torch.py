"""Serving processes call the models without torch."""

import subprocess
import sys

SERVING = (
    "tensors",
    "ports",
    "manifest",
    "reference",
    "translate",
    "triton_client",
    "triton_texts",
    "fake_models",
    "text_encoder.known_texts",
    "verify",
)
WITHOUT = """
import sys
for name in ("torch", "safetensors", "transformers", "tokenizers"):
    sys.modules[name] = None  # importing it raises ImportError
"""


def test_what_serving_processes_import_needs_no_torch() -> None:
    imports = "\n".join(f"import services.models.{name}" for name in SERVING)
    done = subprocess.run([sys.executable, "-c", WITHOUT + imports], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_guard_notices_torch() -> None:
    code = WITHOUT + "import services.models.weights"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ModuleNotFoundError" in done.stderr
