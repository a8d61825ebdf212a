"""Lays out pictures that the generator drew as ads: work for a processor, done in a process beside serving."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import cycle, islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.ads import Setup, ad_of, choices_of
from services.assets.creative import Creative, Draft, creative_id_of
from services.assets.screened import Screener, screener_of
from services.catalogue.offer import NOTHING
from services.common.clock import SystemClock
from services.common.errors import Rejected
from services.composer.art import DRAWING
from services.composer.compose import compose
from services.copywriter.offer_words import Moment
from services.models.tensors import CREATIVE_GENERATOR
from services.runtime.child import Start
from services.runtime.children import Children
from services.screening.asset import Asset
from services.screening.judges import Installed

MADE_BY: Final = f"{CREATIVE_GENERATOR.name}/1"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be laid out."""

    request: bytes  # a serialized GenerateCreativesRequest
    product: bytes  # serialized
    artworks: NDArray[np.uint8]
    model_version: str
    others: tuple[Creative, ...]  # the product's ads of the format, which its look is held against


Pairs = list[tuple[Draft, bytes]]
"""Drafts with their PNGs."""

LayOut = Callable[[Order, float], Pairs]
"""May block for at most so many seconds; raises `Rejected`, and `Unavailable` where that does not do."""


def lay_out_by(composers: int = 0, brand: str = "", time_zone: str = "UTC", screen: str = "") -> LayOut:
    """By so many processes, which start with the first order and end with this one; without, in the caller's thread.

    Ads are those of the shop with this brand kit, time zone and screen; raises `Misconfigured`.
    """
    own = maker(brand, time_zone, screen)
    if not composers:
        return lambda order, within_s: own(order)
    makers = Children(composers, Start("services.creative.lay_out:maker", (brand, time_zone, screen)))

    def lay_out(order: Order, within_s: float) -> Pairs:
        pairs: Pairs = makers.call(order, within_s=within_s)
        return pairs

    return lay_out


@cache
def maker(brand: str, time_zone: str, screen: str) -> Callable[[Order], Pairs]:
    """What such a process calls with each order."""
    return partial(pairs_of, screener_of(Installed(), brand, time_zone, screen))


def pairs_of(screener: Screener, order: Order) -> Pairs:
    """The ads, each with its verdict; raises `Rejected` where the product's texts fit none."""
    request, product = pb.GenerateCreativesRequest.FromString(order.request), Product.FromString(order.product)
    setup = Setup(Moment(SystemClock().now(), screener.zone), kit=screener.kit)
    choices = list(islice(choices_of(product, request.format, setup), len(order.artworks)))
    if not choices:
        raise Rejected("invalid", "product_id", request.product_id, "a product with a title that ads can carry")
    pairs = []
    for number, (artwork, (texts, look)) in enumerate(zip(order.artworks, cycle(choices), strict=False)):
        said = replace(texts, headline=request.headline, stated=NOTHING) if request.headline else texts
        draft, brief = ad_of(product, request.format, said, look, setup)
        picture = compose(replace(brief, ai_made=True), artwork)
        generated = _generated(draft, request, number, order.model_version)
        pairs.append((_screened(generated, picture, product, order.others, screener), picture))
    return pairs


def _screened(
    draft: Draft, picture: bytes, product: Product, others: tuple[Creative, ...], screener: Screener
) -> Draft:
    ad = creative_id_of(draft, hashlib.sha256(picture).hexdigest())
    texts = draft.headline, draft.body, draft.call_to_action
    asset = Asset("generated", ad, *texts, content=picture, format=draft.format)
    return screener.screened(draft, asset, product, others, SystemClock().now())


def _generated(draft: Draft, request: pb.GenerateCreativesRequest, number: int, model_version: str) -> Draft:
    """The draft as one of a picture that a model drew, known by its bytes."""
    elements = {name: said for name, said in draft.elements.items() if name != "headline_style" or not request.headline}
    return replace(
        draft,
        approved_by=request.approved_by,
        ai_generated=True,
        made_by=MADE_BY,
        elements={**elements, "photo": DRAWING},
        lineage={
            "model_version": model_version,
            "seed": str(request.seed),
            "number": str(number),
            "audience": ",".join(f"{value:g}" for value in request.audience),
            **draft.lineage,
        },
        recipe="",
    )
