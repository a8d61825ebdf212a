"""The click model on Triton's Python back end."""

import sys
from pathlib import Path

# Triton starts an isolated interpreter that knows the environment's packages but not this repository.
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from services.models.ctr.served import load  # noqa: E402
from services.models.tensors import CTR  # noqa: E402
from services.models.triton_backend import Forward, ServedModel  # noqa: E402


class TritonPythonModel(ServedModel):
    """Scores candidates for a shopper."""

    contract = CTR

    def load(self, folder: Path) -> Forward:
        """The click model with the checked-in weights."""
        return load(folder)
