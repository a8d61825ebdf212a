"""The picture that shows what the generator learned: a grid with a column per class and a row per audience."""

from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from services.models.generator.audience import audience_vector
from services.models.generator.network import Generator
from services.models.generator.product_classes import PRODUCT_CLASSES
from services.models.tensors import NOISE_SIZE, PICTURE_SIDE

_LIGHT = {"backdrop": 1.0, "contrast": 0.3}
AUDIENCES: tuple[dict[str, float], ...] = (
    _LIGHT | {"vividness": -1.0},
    _LIGHT | {"vividness": -0.5, "brightness": 0.8},
    _LIGHT | {"warmth": 1.0, "vividness": 0.8},
    _LIGHT | {"warmth": -1.0, "vividness": 0.8},
    _LIGHT | {"warmth": 0.2, "stroke": 1.0, "closeness": 1.0},
    {"backdrop": -1.0, "warmth": 1.0, "vividness": 0.5, "brightness": 0.6},
    {"backdrop": -1.0, "warmth": -1.0, "vividness": 0.5, "brightness": 0.6},
    {"backdrop": 0.2, "brightness": 0.9, "closeness": -1.0},
)
_SCALE = 3


def draw_grid(generator: Generator, path: Path, chance: torch.Generator) -> None:
    """Writes the grid as PNG; each cell has its own noise."""
    product_class = torch.arange(len(PRODUCT_CLASSES))
    rows: list[Tensor] = []
    generator.eval()
    with torch.inference_mode():
        for wishes in AUDIENCES:
            audience = torch.tensor(audience_vector(wishes)).expand(len(product_class), -1)
            noise = torch.randn(len(product_class), NOISE_SIZE, generator=chance)
            rows.append(generator(noise, product_class, audience))
    cells = torch.stack(rows).permute(0, 3, 1, 4, 2)  # (rows, 32, classes, 32, 3)
    height, width = len(rows) * PICTURE_SIDE, len(product_class) * PICTURE_SIDE
    pixels = (cells.reshape(height, width, 3) * 255.0).round().to(torch.uint8)
    picture = Image.fromarray(pixels.numpy())
    picture.resize((width * _SCALE, height * _SCALE), Image.Resampling.NEAREST).save(path, optimize=True)
