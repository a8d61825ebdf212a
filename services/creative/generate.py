"""Makes new creatives: the generator draws the product, the composer lays it out with its texts."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.ads import Setup, body_of, brief_of, stated_of
from services.assets.creative import Creative, Draft, creative_id_of
from services.assets.library import Library
from services.assets.looks import looks_of
from services.assets.screened import Screener
from services.assets.stated import entries_of
from services.assets.wanted import Wanted
from services.catalogue.catalogue import Product
from services.catalogue.offer import NOTHING
from services.common.clock import SystemClock
from services.common.rng import seeded_words
from services.composer.compose import compose
from services.composer.formats import checked
from services.copywriter.headlines import Moment, headlines
from services.copywriter.phrases import language_of, words_of
from services.models.generator.audience import AUDIENCE_SIZE, audience_vector
from services.models.generator.product_classes import class_index
from services.models.ports import Models
from services.models.tensors import CREATIVE_GENERATOR, NOISE_SIZE
from services.policies.normal_quantiles import normals, words_needed
from services.screening.asset import Asset
from services.screening.judges import Installed
from services.screening.policy import policy

MADE_BY: Final = f"{CREATIVE_GENERATOR.name}/1"
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
    screener: Screener = field(default_factory=lambda: Screener(Installed(), policy()))


async def generate(
    request: pb.GenerateCreativesRequest, studio: Studio, budget_s: float
) -> list[tuple[Creative, bytes]]:
    """Makes the requested number of creatives and stores them in the library; returns them with their PNGs.

    The same request gives the same creatives. Raises `Rejected` for an unknown product or format, `Unavailable` if the
    generator does not answer in time.
    """
    product = studio.product(request.product_id)
    checked(request.format)
    count = request.count or 1
    wished = [*request.audience, *[0.0] * (AUDIENCE_SIZE - len(request.audience))] if request.audience else _AUDIENCE
    artworks = await studio.models.generate(
        noise_of(request.seed, count),
        np.full(count, class_index(product.category), dtype=np.int64),
        np.array([wished] * count, dtype=np.float32),
        budget_s=_MODEL_SHARE * budget_s,
    )
    return await asyncio.to_thread(_keep, request, product, artworks, studio)


def noise_of(seed: int, count: int) -> NDArray[np.float32]:
    """Standard normal noise (count, 64); row i depends on the seed and i alone, on every machine."""
    rows = [
        normals(
            seeded_words(seed.to_bytes(8, "big", signed=True), f"noise-{row}", words_needed(NOISE_SIZE)), NOISE_SIZE
        )
        for row in range(count)
    ]
    return np.array(rows, dtype=np.float32)


def _keep(
    request: pb.GenerateCreativesRequest, product: Product, artworks: NDArray[np.uint8], studio: Studio
) -> list[tuple[Creative, bytes]]:
    pairs = []
    looks = looks_of(product.product_id, request.format)
    for number, artwork in enumerate(artworks):
        draft = _draft(request, product, number, studio.model_version)
        _, look = looks[number % len(looks)]
        brief = brief_of(product.message, request.format, draft.headline, look, Setup(Moment(SystemClock().now())))
        picture = compose(replace(brief, ai_made=True), artwork)
        pairs.append((_screened(draft, picture, product, studio), picture))
    creatives = studio.library.add_all(pairs)
    return [(creative, png) for creative, (_, png) in zip(creatives, pairs, strict=True)]


def _screened(draft: Draft, picture: bytes, product: Product, studio: Studio) -> Draft:
    ad = creative_id_of(draft, hashlib.sha256(picture).hexdigest())
    texts = draft.headline, draft.body, draft.call_to_action
    asset = Asset("generated", ad, *texts, content=picture, format=draft.format)
    others = studio.library.wanted(Wanted([draft.product_id], draft.format))
    return studio.screener.screened(draft, asset, product.message, others, SystemClock().now())


def _draft(request: pb.GenerateCreativesRequest, product: Product, number: int, model_version: str) -> Draft:
    moment = Moment(SystemClock().now())
    made = headlines(product.message, moment)
    headline = made[number % len(made)]
    stated = stated_of(product.message, request.format, NOTHING if request.headline else headline.stated, moment)
    return Draft(
        product_id=product.product_id,
        format=request.format,
        headline=request.headline or headline.text,
        body=body_of(product.message),
        call_to_action=words_of(language_of(product.message.language, product.title)).shop,
        approved_by=request.approved_by,
        ai_generated=True,
        made_by=MADE_BY,
        price=stated.price,
        lineage={
            "model_version": model_version,
            "seed": str(request.seed),
            "number": str(number),
            "audience": ",".join(f"{value:g}" for value in request.audience),
            **entries_of(stated),
        },
    )
