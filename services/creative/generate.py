"""Makes new creatives: the generator draws the product, `lay_out.py` lays it out with its texts, elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.creative import Creative
from services.assets.library import Library
from services.assets.wanted import Wanted
from services.catalogue.catalogue import Product
from services.common.clock import SystemClock
from services.common.rng import seeded_words
from services.composer.formats import checked
from services.creative.lay_out import LayOut, Order
from services.models.generator.audience import AUDIENCE_SIZE, audience_vector
from services.models.generator.product_classes import class_index
from services.models.ports import Models
from services.models.tensors import NOISE_SIZE
from services.policies.normal_quantiles import normals, words_needed

DEFAULT_S: Final = 10.0
_AUDIENCE: Final = audience_vector({"backdrop": 1.0})  # the average, on the light backdrop that the composer cuts out
_MODEL_SHARE: Final = 0.8  # of the caller's time; the rest is for composing and storing


@dataclass(frozen=True, slots=True)
class Studio:
    """The dependencies of `generate`."""

    models: Models
    model_version: str
    library: Library
    product: Callable[[str], Product]  # as it is now; raises `Rejected` where there is none
    lay_out: LayOut


async def generate(
    request: pb.GenerateCreativesRequest, studio: Studio, budget_s: float
) -> list[tuple[Creative, bytes]]:
    """Makes the requested number of creatives and stores them in the library; returns them with their PNGs.

    The same request gives the same creatives. Raises `Rejected` for an unknown product or format, `Unavailable` if the
    generator does not answer in time.
    """
    clock = SystemClock()
    began, product = clock.monotonic(), studio.product(request.product_id)
    checked(request.format)
    count = request.count or 1
    wished = [*request.audience, *[0.0] * (AUDIENCE_SIZE - len(request.audience))] if request.audience else _AUDIENCE
    artworks = await studio.models.generate(
        noise_of(request.seed, count),
        np.full(count, class_index(product.category), dtype=np.int64),
        np.array([wished] * count, dtype=np.float32),
        budget_s=_MODEL_SHARE * budget_s,
    )
    left_s = max(budget_s - (clock.monotonic() - began), (1 - _MODEL_SHARE) * budget_s)
    return await asyncio.to_thread(_kept, request, product, artworks, studio, left_s)


def _kept(
    request: pb.GenerateCreativesRequest,
    product: Product,
    artworks: NDArray[np.uint8],
    studio: Studio,
    within_s: float,
) -> list[tuple[Creative, bytes]]:
    """The pictures laid out and added to the library."""
    others = tuple(studio.library.wanted(Wanted([request.product_id], request.format)))
    said = request.SerializeToString(), product.message.SerializeToString()
    pairs = studio.lay_out(Order(*said, artworks, studio.model_version, others), within_s)
    creatives = studio.library.add_all(pairs)
    return [(creative, png) for creative, (_, png) in zip(creatives, pairs, strict=True)]


def noise_of(seed: int, count: int) -> NDArray[np.float32]:
    """Standard normal noise (count, 64); row i depends on the seed and i alone, on every machine."""
    rows = [
        normals(
            seeded_words(seed.to_bytes(8, "big", signed=True), f"noise-{row}", words_needed(NOISE_SIZE)), NOISE_SIZE
        )
        for row in range(count)
    ]
    return np.array(rows, dtype=np.float32)
