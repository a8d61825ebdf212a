"""Makes ads that a caller asked for: work for a processor, done in a process beside serving.

They show the product's photo or illustration where there is one, else what the generator drew, else words alone.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.ads import Setup, ad_of, choices_of
from services.assets.brand_file import BrandFile
from services.assets.creative import PNG, Creative, Draft, creative_id_of
from services.assets.looks import Look
from services.assets.pictures.picture_store import pictures_in
from services.assets.pictures.prepared_photos import NoPhoto, PreparedPhotos
from services.assets.screened import Screener, screener_of
from services.catalogue.offer import NOTHING
from services.common.clock import SystemClock
from services.common.errors import Rejected, Unavailable
from services.composer.art import DRAWING, Art
from services.composer.compose import RECIPE, Composed, composed
from services.composer.legible import reason_of
from services.composer.photos import u2net_onnx
from services.composer.photos.prepared_photo import PreparedPhoto
from services.copywriter.offer_words import Moment
from services.copywriter.texts import Texts
from services.models.tensors import CREATIVE_GENERATOR
from services.runtime.child import Start
from services.runtime.children import Children
from services.screening.asset import Asset, Photo
from services.screening.judges import Installed

MADE_BY: Final = f"{CREATIVE_GENERATOR.name}/1"
_TRIES: Final = 6
"""Looks in which a drawing is tried, until one can be read."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made."""

    request: bytes  # a serialized GenerateCreativesRequest
    product: bytes  # serialized
    artworks: NDArray[np.uint8] | None  # that the generator drew, one an ad; None: it draws no such product
    photo: str  # SHA-256 of the product's photo; empty: none is known
    model_version: str
    others: tuple[Creative, ...]  # the product's ads of the format, which its look is held against


Pairs = list[tuple[Draft, bytes]]
"""Drafts with their PNGs."""


@dataclass(frozen=True, slots=True)
class Laid:
    """What became of an order."""

    pairs: Pairs = field(default_factory=list)
    not_made: Counter[str] = field(default_factory=Counter)  # looks that could not be read, by reason


LayOut = Callable[[Order, float], Laid]
"""May block for at most so many seconds; raises `Rejected`, and `Unavailable` where that does not do."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Whose ads they are: a folder of pictures, and files with brand kit and thresholds of the screen."""

    assets_dir: str = ""
    brand: str = ""
    time_zone: str = "UTC"
    screen: str = ""


def lay_out_by(composers: int = 0, shop: Shop = Shop()) -> LayOut:  # noqa: B008 - it is frozen
    """By so many processes, which start with the first order and end with this one; without, in the caller's thread.

    Raises `Misconfigured`.
    """
    if not composers:
        own = maker(shop)
        return lambda order, within_s: own(order)
    screener_of(Installed(), shop.brand, shop.time_zone, shop.screen)  # a wrong file is told before the first order
    makers = Children(composers, Start("services.creative.lay_out:maker", (shop,)))

    def lay_out(order: Order, within_s: float) -> Laid:
        laid: Laid = makers.call(order, within_s=within_s)
        return laid

    return lay_out


@cache
def maker(shop: Shop) -> Maker:
    """What such a process calls with each order."""
    screener = screener_of(Installed(), shop.brand, shop.time_zone, shop.screen)
    photos = PreparedPhotos(pictures_in(shop.assets_dir), u2net_onnx.installed()) if shop.assets_dir else None
    return Maker(screener, photos, BrandFile(shop.brand, screener.kit, SystemClock().monotonic))


class _Way(NamedTuple):
    """How an ad may be made."""

    texts: Texts
    look: Look
    art: Art


class Maker:
    """Belongs to one thread."""

    def __init__(self, screener: Screener, photos: PreparedPhotos | None, brand: BrandFile) -> None:
        self._screener, self._photos, self._brand = screener, photos, brand

    def __call__(self, order: Order) -> Laid:
        """The ads, each with its verdict; raises `Rejected` where none of the product's can be read."""
        if self._brand.changed():
            self._screener = replace(self._screener, kit=self._brand.kit)
        product = Product.FromString(order.product)
        making = _Making(order, product, self._opened(order.photo), self._screener)
        laid = making.laid()
        if not laid.pairs:
            found = ", ".join(f"{reason} {count}" for reason, count in laid.not_made.items()) or "no text fits"
            raise Rejected("invalid", "product_id", product.product_id, f"a product of which ads can be made ({found})")
        return laid

    def _opened(self, sha256: str) -> PreparedPhoto | None:
        if self._photos is None or not self._photos.are_there(sha256):
            return None
        try:
            return self._photos.of(sha256)
        except (NoPhoto, Unavailable) as lost:
            _LOG.warning("an ad is made without photo %s: %s", sha256, lost)
            return None


class _Making:
    """One order."""

    def __init__(self, order: Order, product: Product, photo: PreparedPhoto | None, screener: Screener) -> None:
        self._order, self._product, self._screener = order, product, screener
        self._request = pb.GenerateCreativesRequest.FromString(order.request)
        self._drawn = order.artworks is not None
        self._known = {one.creative_id for one in order.others}
        self._photo = None if self._drawn else photo
        self._judged = None if self._photo is None else Photo(order.photo, self._photo.image)
        self._setup = Setup(
            Moment(SystemClock().now(), screener.zone), order.photo if self._photo else "", kit=screener.kit
        )

    def laid(self) -> Laid:
        """As many as asked for, or fewer."""
        laid = Laid()
        for ways in self._ways():
            for way in ways:
                pair = self._ad(way, len(laid.pairs), laid.not_made)
                if pair is not None:
                    laid.pairs.append(pair)
                    break
        return laid

    def _ways(self) -> Iterator[Iterator[_Way]]:
        """For each ad how it may be made, the best first."""
        choices = list(choices_of(self._product, self._request.format, self._setup))
        if self._order.artworks is None:
            left = iter([_Way(texts, look, self._photo) for texts, look in choices])
            yield from (left for _ in range(self._request.count or 1))  # what one has passed over serves none after it
            return
        for number, artwork in enumerate(self._order.artworks):
            yield (_Way(texts, look, artwork) for texts, look in islice(_turned(choices, number), _TRIES))

    def _ad(self, way: _Way, number: int, not_made: Counter[str]) -> tuple[Draft, bytes] | None:
        """None where the product has this ad, or it could not be read."""
        headline = self._request.headline
        said = replace(way.texts, headline=headline, stated=NOTHING) if headline else way.texts
        draft, brief = ad_of(self._product, self._request.format, said, way.look, self._setup)
        if not self._drawn and creative_id_of(draft, "") in self._known:
            return None
        picture = composed(replace(brief, ai_made=self._drawn), way.art, (PNG,))
        if not picture.verdict.passes:
            not_made[reason_of(picture.verdict)] += 1
            return None
        generated = self._generated(draft, picture, number)
        return self._screened(generated, picture), picture.content

    def _screened(self, draft: Draft, picture: Composed) -> Draft:
        ad = creative_id_of(draft, hashlib.sha256(picture.content).hexdigest())
        texts = draft.headline, draft.body, draft.call_to_action
        if self._drawn:
            asset = Asset("generated", ad, *texts, content=picture.content, format=draft.format)
        else:
            asset = Asset("composed", ad, *texts, picture.content, draft.format, picture.verdict, self._judged)
        return self._screener.screened(draft, asset, self._product, self._order.others, SystemClock().now())

    def _generated(self, draft: Draft, picture: Composed, number: int) -> Draft:
        """The draft as one that was asked for, known by its bytes."""
        request, drawn = self._request, self._drawn
        elements = {**draft.elements, **({"photo": DRAWING} if drawn else picture.elements)}
        if request.headline:
            elements.pop("headline_style", None)
        asked = {
            "seed": str(request.seed),
            "number": str(number),
            "audience": ",".join(f"{value:g}" for value in request.audience),
        }
        return replace(
            draft,
            approved_by=request.approved_by,
            ai_generated=drawn,
            made_by=MADE_BY if drawn else RECIPE,
            elements=elements,
            lineage={**({"model_version": self._order.model_version} if drawn else {}), **asked, **draft.lineage},
            recipe="",
        )


def _turned(choices: Sequence[tuple[Texts, Look]], first: int) -> Iterator[tuple[Texts, Look]]:
    """All choices once, beginning with another for each ad."""
    return (choices[(first + n) % len(choices)] for n in range(len(choices)))
