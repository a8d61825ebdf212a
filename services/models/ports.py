"""The ports through which processes call the served models. Needs no torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Scores:
    """The click model's output for C candidates."""

    click_probability: NDArray[np.float32]  # (C,), calibrated, in (0, 1)


class Scorer(Protocol):
    """Calls the click model; a call ends within `budget_s` seconds or raises Unavailable("triton")."""

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        """Scores C candidates: dense (C, F) and categories (C, K), as services/features/vector.py builds them."""
        ...


class Models(Scorer, Protocol):
    """Calls all the served models; every call ends within `budget_s` seconds or raises Unavailable("triton")."""

    async def generate(
        self,
        noise: NDArray[np.float32],
        product_class: NDArray[np.int64],
        audience: NDArray[np.float32],
        *,
        budget_s: float,
    ) -> NDArray[np.uint8]:
        """Draws N pictures (N, 32, 32, 3) from noise (N, 64), product_class (N,) and audience (N, 8)."""
        ...

    async def encode(self, texts: Sequence[str], *, budget_s: float) -> NDArray[np.float32]:
        """Embeds N texts as unit vectors (N, 384); a text is cut after 512 bytes."""
        ...


class TextEncoder(Protocol):
    """The text encoder, for threads; a call blocks until it ends within `budget_s` or raises Unavailable("triton")."""

    def encode(self, texts: Sequence[str], *, budget_s: float) -> NDArray[np.float32]:
        """Embeds N texts, at most a batch of the contract, as unit vectors (N, 384)."""
        ...
