"""Looks at products one after another: draws the ads that they lack, publishes them, and ends those that do not fit."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.ads import Setup
from services.assets.creative import JPEG, PNG, Creative, finished
from services.assets.creative_sink import CreativeSink
from services.assets.screened import Screener
from services.common.clock import Clock, to_ms
from services.common.errors import AdloomError
from services.composer.brand_kit import NO_KIT, BrandKit
from services.composer.compose import composed
from services.composer.legible import reason_of
from services.copywriter.headlines import Moment
from services.screening.asset import Asset
from services.screening.judges import Installed
from services.screening.policy import policy
from services.studio.decide import GONE, REPLACED, Ad, candidates, ended, is_offered, is_ours, kept
from services.studio.desk import Desk
from services.studio.lazy_photo import LazyPhoto
from services.studio.prepared_photos import NotYet, PreparedPhotos

_LOG = logging.getLogger(__name__)
BUG: Final = "bug"
KINDS: Final = (PNG, JPEG)
"""Of pictures: letters are sharpest in the first, and photos light in the second."""

_AT_ONCE: Final = 16
"""Products whose ads are published together: so much is done again after a `kill -9`."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the deployment wants."""

    counts: Mapping[str, int]  # ads of a product, by format
    approver: str  # empty: they wait for somebody
    zone: tzinfo
    kit: BrandKit = NO_KIT
    screener: Screener = field(default_factory=lambda: Screener(Installed(), policy()))


@dataclass(slots=True)
class Outcome:
    """What became of one product."""

    changes: list[Creative] = field(default_factory=list)  # to be published
    ads: int = 0  # that it has then
    not_made: Counter[str] = field(default_factory=Counter)  # by reason


class Studio:
    """Belongs to one thread."""

    def __init__(self, desk: Desk, creatives: CreativeSink, photos: PreparedPhotos, terms: Terms, clock: Clock) -> None:
        self._desk, self._creatives, self.photos = desk, creatives, photos
        self._terms, self._clock = terms, clock
        self._of: dict[str, tuple[int, Counter[str]]] = {}  # by product: ads, and what was not made
        self.ads = 0
        self.not_made = Counter[str]()

    def step(self) -> int:
        """Looks at the next products; how many. Raises `Unavailable`: then they are looked at again."""
        products = self._desk.take(_AT_ONCE, to_ms(self._clock.now()))
        try:
            found = {product_id: self._guarded(product_id) for product_id in products}
            outcomes = {product_id: outcome for product_id, outcome in found.items() if outcome is not None}
            self._creatives.put([creative for outcome in outcomes.values() for creative in outcome.changes])
        except AdloomError:
            for product_id in products:
                self._desk.look_at(product_id)
            raise
        for product_id, outcome in outcomes.items():
            self._count(product_id, outcome)
        return len(products)

    def _guarded(self, product_id: str) -> Outcome | None:
        """The product's outcome; a bug that one product meets is counted and keeps no other from its ads.

        None: it waits for its photo with its ads as they are, and comes up again; those after it do not wait.
        """
        try:
            return self._outcome(product_id)
        except NotYet:
            return None
        except AdloomError:
            raise
        except Exception:  # else the process would end at this product again and again
            _LOG.exception("%s: its ads stay as they are", product_id)
            return Outcome(not_made=Counter({BUG: 1}))

    def _outcome(self, product_id: str) -> Outcome:
        now = self._clock.now()
        product = self._desk.product(product_id, to_ms(now))
        existing = list(self._creatives.table.all(lambda row: True, product_ids=frozenset((product_id,))))
        if product is None:
            return Outcome(ended(existing, frozenset(), GONE, now))
        if not is_offered(product):
            return Outcome()
        outcome = Outcome()
        photo = self._photo_of(product, outcome)
        making = _Making(product, {creative.creative_id: creative for creative in existing}, photo, outcome, self)
        setup = Setup(Moment(now, self._terms.zone), photo.sha256, self._terms.kit)
        for count, ads in candidates(product, self._terms.counts, setup):
            refusals = making.refused + count  # what the screen refuses of one look, it may refuse of all
            for ad in ads:
                if making.taken(ad):
                    count -= 1
                if not count or making.refused >= refusals:
                    break
        outcome.ads = len(making.wanted) - making.refused
        outcome.changes += ended(existing, frozenset(making.wanted), REPLACED, now)
        return outcome

    def made(self, ad: Ad, making: _Making) -> Creative | None:
        """The ad, drawn, screened and stored; None where it could not be read, which is counted."""
        photo, not_made = making.photo, making.outcome.not_made
        picture = composed(ad.brief, photo.opened(), KINDS)
        if not picture.verdict.passes:
            not_made[reason_of(picture.verdict)] += 1
            return None
        draft = replace(
            ad.draft,
            approved_by=self._terms.approver,
            elements={**ad.draft.elements, **picture.elements},
            verdict=picture.verdict,
            media_type=picture.media_type,
        )
        asset = Asset(
            "composed", ad.creative_id, draft.headline, draft.body, draft.call_to_action, picture.content,
            draft.format, picture.verdict, photo.judged(),
        )  # fmt: skip
        now = self._clock.now()
        draft = self._terms.screener.screened(draft, asset, making.product, making.ads(), now)
        stored = self.photos.pictures.put(picture.content, picture.media_type)
        return finished([draft], [stored], now)[0]

    def kept(self, creative: Creative) -> Creative:
        """What becomes of a wanted ad that there is already."""
        return kept(creative, self._terms.approver, self._clock.now())

    def _photo_of(self, product: Product, outcome: Outcome) -> LazyPhoto:
        sha256 = self._desk.photo_of(product)
        if sha256 and (self.photos.refuses(sha256) or not self.photos.pictures.has(sha256)):
            outcome.not_made["photo"] += 1
            sha256 = ""
        return LazyPhoto(sha256, product.product_id, self.photos)

    def _count(self, product_id: str, outcome: Outcome) -> None:
        ads, not_made = self._of.pop(product_id, (0, Counter[str]()))
        self.ads += outcome.ads - ads
        self.not_made += outcome.not_made
        self.not_made -= not_made
        if outcome.ads or outcome.not_made:
            self._of[product_id] = outcome.ads, outcome.not_made
        if outcome.not_made and outcome.not_made != not_made:
            _LOG.info("%s: not made %s", product_id, dict(outcome.not_made))


class _Making:
    """The ads that one product is to have, as they are found."""

    def __init__(
        self, product: Product, existing: Mapping[str, Creative], photo: LazyPhoto, outcome: Outcome, studio: Studio
    ) -> None:
        self.product, self.photo, self.outcome = product, photo, outcome
        self._existing, self._studio = existing, studio
        self.wanted: list[str] = []  # those that the screen refused too: they are kept with its reasons
        self.refused = 0

    def taken(self, ad: Ad) -> bool:
        """Whether the product has this ad now: it had it, or it could be made and passed its screen."""
        known = self._existing.get(ad.creative_id)
        if known is not None:
            found = self._studio.kept(known)
            if found is not known:
                self.outcome.changes.append(found)
        else:
            made = self._studio.made(ad, self)
            if made is None:
                return False
            found = made
            self.outcome.changes.append(made)
        self.wanted.append(ad.creative_id)
        if found.is_refused:
            self.refused += 1
            self.outcome.not_made["screen"] += 1
        return not found.is_refused

    def ads(self) -> Iterator[Creative]:
        """The product's ads that will be there so far: of ours only what is wanted, since the others will be ended."""
        found = {**self._existing, **{made.creative_id: made for made in self.outcome.changes}}
        yield from (one for name, one in found.items() if name in self.wanted or not is_ours(one))
