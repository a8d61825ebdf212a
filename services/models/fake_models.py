"""A fake of the served models, without a server: same port, plausible and deterministic answers. Needs no torch."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.common.errors import Unavailable
from services.models.ports import Scores
from services.models.tensors import CREATIVE_GENERATOR, CTR, EMBEDDING_SIZE, PICTURE_SIDE, TEXT_ENCODER


@dataclass(slots=True)
class FakeModels:
    """The port `Models` by plain arithmetic; with `down` set, every call raises `Unavailable`."""

    base_rate: float = 0.05
    down: bool = False
    called: list[str] = field(default_factory=list)  # model names, in the order of the calls

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        """A logistic function of the features' sum around the base rate."""
        self._call(CTR.name, budget_s)
        slope = np.tanh(dense.mean(axis=1, dtype=np.float64) + (categories.sum(axis=1) % 7) / 7.0)  # (C,)
        logit = np.log(self.base_rate / (1.0 - self.base_rate)) + slope
        return Scores((1.0 / (1.0 + np.exp(-logit))).astype(np.float32))

    async def generate(
        self,
        noise: NDArray[np.float32],
        product_class: NDArray[np.int64],
        audience: NDArray[np.float32],
        *,
        budget_s: float,
    ) -> NDArray[np.uint8]:
        """Plain squares whose colour follows class, audience and noise."""
        self._call(CREATIVE_GENERATOR.name, budget_s)
        red = 25 * product_class.astype(np.float64)
        green = 127.5 * (1.0 + audience[:, 0])
        blue = 127.5 * (1.0 + np.tanh(noise[:, 0]))
        colour = np.rint(np.stack([red, green, blue], axis=1)).astype(np.uint8)  # (N, 3)
        return np.broadcast_to(colour[:, None, None, :], (len(colour), PICTURE_SIDE, PICTURE_SIDE, 3)).copy()

    async def encode(self, texts: Sequence[str], *, budget_s: float) -> NDArray[np.float32]:
        """As `embeddings`."""
        self._call(TEXT_ENCODER.name, budget_s)
        return embeddings(texts)

    def _call(self, model: str, budget_s: float) -> None:
        self.called.append(model)
        if self.down:
            raise Unavailable("triton", f"{model}: the fake was told to be down")
        if budget_s <= 0.0:
            raise Unavailable("triton", f"no time is left to call {model}")


@dataclass(slots=True)
class FakeTexts:
    """A `TextEncoder`; with `down` set, every call raises `Unavailable`."""

    down: bool = False
    asked: list[str] = field(default_factory=list)  # all texts of all calls that were answered

    def encode(self, texts: Sequence[str], *, budget_s: float) -> NDArray[np.float32]:
        """As `embeddings`."""
        if self.down or budget_s <= 0.0:
            raise Unavailable("triton", f"{TEXT_ENCODER.name}: the fake was told to be down, or given no time")
        self.asked += texts
        return embeddings(texts)


def embeddings(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors that depend on the text alone, and know nothing of its meaning."""
    rows = np.empty((len(texts), EMBEDDING_SIZE), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        row[:] = np.random.default_rng(seed).standard_normal(EMBEDDING_SIZE)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows
