"""What preparation needs of a model that finds the thing shown by a photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Alpha = NDArray[np.float32]
"""How much of each pixel is the product, (H, W), 0 to 1."""


class CutOut(Protocol):
    """A model of salient objects, or none."""

    @property
    def name(self) -> str:
        """With its version; part of the version of a prepared photo."""
        ...

    @property
    def missing(self) -> str:
        """Why there is no model; empty: there is one."""
        ...

    def mask(self, image: Image.Image) -> Alpha:
        """How likely each pixel of an RGB picture belongs to its main thing, at the model's own size.

        Takes about a second of one core; the same pixels give the same mask.
        """
        ...


@dataclass(frozen=True, slots=True)
class NoCutOut:
    """Where no model is installed: photos are cut out by their plain ground, or framed."""

    missing: str = "no model for cut-outs is installed"
    name: str = "none"

    def mask(self, image: Image.Image) -> Alpha:
        """Nothing is known of any pixel."""
        return np.full((image.height, image.width), _UNKNOWN, dtype=np.float32)


_UNKNOWN: Final = 0.5
