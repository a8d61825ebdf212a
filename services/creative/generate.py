"""Makes new creatives: the generator may draw a product without a photo; `lay_out.py` makes the ads, elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
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
from services.models.generator.product_classes import PRODUCT_CLASSES, class_index
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


@dataclass(frozen=True, slots=True)
class Generated:
    """The creatives with their PNGs, and what could not be read, by reason."""

    creatives: list[tuple[Creative, bytes]]
    not_made: Mapping[str, int]


async def generate(request: pb.GenerateCreativesRequest, studio: Studio, budget_s: float) -> Generated:
    """Makes the requested number of creatives, or as many as can be read, and stores them in the library.

    The same request gives the same creatives while the product's photo and row stay. Raises `Rejected` for an unknown
    product or format and where nothing can be read, `Unavailable` if the generator does not answer in time.
    """
    clock = SystemClock()
    began, product = clock.monotonic(), studio.product(request.product_id)
    checked(request.format)
    others = await asyncio.to_thread(lambda: tuple(studio.library.wanted(Wanted([request.product_id]))))
    photo, artworks = photo_of(others), None
    if not photo and product.category in PRODUCT_CLASSES:
        artworks = await _drawn(request, product, studio, _MODEL_SHARE * budget_s)
    left_s = max(budget_s - (clock.monotonic() - began), (1 - _MODEL_SHARE) * budget_s)
    order = Order(
        request.SerializeToString(),
        product.message.SerializeToString(),
        artworks,
        photo,
        studio.model_version,
        tuple(one for one in others if one.format == request.format),
    )
    return await asyncio.to_thread(_kept, order, studio, left_s)


def photo_of(creatives: Sequence[Creative]) -> str:
    """SHA-256 of the photo that the newest of a product's ads shows; empty where none shows one."""
    dated = [(one.created_at, one.lineage.get("photo", "")) for one in creatives if one.state != "RETIRED"]
    return max(dated, default=(None, ""))[1]


async def _drawn(
    request: pb.GenerateCreativesRequest, product: Product, studio: Studio, budget_s: float
) -> NDArray[np.uint8]:
    count = request.count or 1
    wished = [*request.audience, *[0.0] * (AUDIENCE_SIZE - len(request.audience))] if request.audience else _AUDIENCE
    return await studio.models.generate(
        noise_of(request.seed, count),
        np.full(count, class_index(product.category), dtype=np.int64),
        np.array([wished] * count, dtype=np.float32),
        budget_s=budget_s,
    )


def _kept(order: Order, studio: Studio, within_s: float) -> Generated:
    """The ads made and added to the library."""
    laid = studio.lay_out(order, within_s)
    creatives = studio.library.add_all(laid.pairs)
    return Generated([(one, png) for one, (_, png) in zip(creatives, laid.pairs, strict=True)], laid.not_made)


def noise_of(seed: int, count: int) -> NDArray[np.float32]:
    """Standard normal noise (count, 64); row i depends on the seed and i alone, on every machine."""
    rows = [
        normals(
            seeded_words(seed.to_bytes(8, "big", signed=True), f"noise-{row}", words_needed(NOISE_SIZE)), NOISE_SIZE
        )
        for row in range(count)
    ]
    return np.array(rows, dtype=np.float32)
