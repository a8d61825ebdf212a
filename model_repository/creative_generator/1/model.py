"""The creative generator on Triton's Python back end."""

import sys
from pathlib import Path

# Triton starts an isolated interpreter that knows the environment's packages but not this repository.
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from torch import Tensor  # noqa: E402

from services.models import weights  # noqa: E402
from services.models.generator.network import Generator  # noqa: E402
from services.models.tensors import CREATIVE_GENERATOR  # noqa: E402
from services.models.triton_backend import Forward, ServedModel  # noqa: E402


class TritonPythonModel(ServedModel):
    """Draws pictures of products."""

    contract = CREATIVE_GENERATOR

    def load(self, folder: Path) -> Forward:
        """The generator with the checked-in weights."""
        generator = Generator()
        weights.load_into(generator, folder)

        def draw(noise: Tensor, product_class: Tensor, audience: Tensor) -> list[Tensor]:
            return [generator(noise, product_class[:, 0], audience)]

        return draw
