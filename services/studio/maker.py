"""Makes the ads that one product lacks: draws them and stores their pictures. Runs in child processes of the studio."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.ads import Setup
from services.assets.creative import JPEG, PNG, Creative, finished
from services.assets.pictures.picture_store import pictures_in
from services.assets.pictures.prepared_photos import NoPhoto, PreparedPhotos
from services.assets.screened import Screener
from services.common.verdict import Verdict
from services.composer.brand_kit import BrandKit
from services.composer.compose import composed
from services.composer.legible import reason_of
from services.composer.photos import u2net_onnx
from services.composer.photos.cut_out import CutOut
from services.composer.photos.enlarged import DETAIL
from services.composer.photos.prepared_photo import PreparedPhoto
from services.copywriter.offer_words import Moment
from services.copywriter.texts import texts_of
from services.screening.asset import Asset, Photo
from services.screening.judges import Installed
from services.screening.policy import Policy
from services.studio.again.recheck import Recheck, Rechecked, rechecked
from services.studio.approval import KIT
from services.studio.decide import Ad, candidates, is_ours
from services.studio.wishes import ASKED, PLACEMENTS

_LOG = logging.getLogger(__name__)
PHOTO: Final = "photo"
"""The entry of an ad's lineage for the photo that it shows."""

KINDS: Final = (PNG, JPEG)
"""Of pictures: letters are sharpest in the first, and photos light in the second."""


@dataclass(frozen=True, slots=True)
class Job:
    """One product, and what there is of it."""

    product: bytes  # serialized
    photo: str  # SHA-256 of its first picture; empty: it has none
    existing: tuple[Creative, ...]  # of the product, in any state
    counts: Mapping[str, int]  # ads that it is to have, by format
    now: datetime
    asked: frozenset[str] = frozenset()  # formats that only placements ask for


Said = tuple[str, str, str]
"""The format, headline and body of an ad."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a job."""

    wanted: tuple[str, ...]  # creatives that the product is to have, and those that their screen refused
    new: tuple[Creative, ...]  # those that were made, their pictures stored; nobody has approved them
    screened: tuple[Creative, ...] = ()  # that there were without a verdict, with theirs
    not_made: Counter[str] = field(default_factory=Counter)  # by reason; "screen": made, and refused
    seconds: float = 0.0  # of a processor
    said: frozenset[Said] = frozenset()  # all that ads may say now, where approved ads are not wanted any more


class Maker:
    """Belongs to one thread."""

    def __init__(self, photos: PreparedPhotos, screener: Screener) -> None:
        self._photos, self._screener = photos, screener

    def __call__(self, job: Job | Recheck) -> Made | Rechecked:
        """What is asked for; raises `Unavailable` where pictures cannot be read or stored now."""
        if isinstance(job, Recheck):
            return rechecked(job, self._screener, self._photos)
        return self.made(job)

    def made(self, job: Job) -> Made:
        """The ads that the product lacks."""
        began = time.process_time()
        photo = job.photo if self._photos.are_there(job.photo) else ""
        try:
            making = self._all_of(job, photo)
        except NoPhoto:
            photo = ""
            making = self._all_of(job, photo)
        if job.photo and not photo:
            making.not_made["photo"] += 1
        has_former = any(one.state == "APPROVED" and one.creative_id not in making.wanted for one in job.existing)
        said = self._said(job, making.product) if has_former else frozenset()
        wanted, new, screened = tuple(making.wanted), tuple(making.new), tuple(making.screened)
        return Made(wanted, new, screened, making.not_made, time.process_time() - began, said)

    def _all_of(self, job: Job, photo: str) -> _Making:
        product = Product.FromString(job.product)
        setup = Setup(Moment(job.now, self._screener.zone), photo, self._screener.kit)
        making = _Making(job, product, _Photo(photo, self._photos), self)
        for format_ in job.counts:
            self._of_format(format_, making, setup)
        making.screen_the_rest()
        return making

    def _of_format(self, format_: str, making: _Making, setup: Setup) -> None:
        """The ads of a format: without the photo where it lacks the detail for each of its layouts."""
        making.coarse = ""
        counts = {format_: making.counts[format_]}
        taken = sum(making.take(count, ads) for count, ads in candidates(making.product, counts, setup))
        if making.coarse and not taken:
            making.not_made[DETAIL] += 1
            _LOG.info("%s: %s without its photo: %s", making.product.product_id, format_, making.coarse)
            for count, ads in candidates(making.product, counts, replace(setup, photo="")):
                making.take(count, ads)

    def _said(self, job: Job, product: Product) -> frozenset[Said]:
        moment, kit = Moment(job.now, self._screener.zone), self._screener.kit
        return frozenset(
            (format_, texts.headline, texts.body)
            for format_ in job.counts
            for texts in texts_of(product, moment, format_, kit)
        )

    def drawn(self, ad: Ad, making: _Making) -> Creative | None:
        """The ad, drawn, screened and stored; None where it could not be read, which is counted."""
        photo = making.photo if PHOTO in ad.draft.lineage else NO_PHOTO
        picture = composed(ad.brief, photo.opened, KINDS)
        if not picture.verdict.passes:
            making.count(picture.verdict)
            return None
        kit = {KIT: version} if (version := self._screener.kit.version) else {}
        asked = {ASKED: PLACEMENTS} if ad.draft.format in making.asked else {}
        draft = replace(
            ad.draft,
            approved_by="",
            elements={**ad.draft.elements, **picture.elements},
            lineage={**ad.draft.lineage, **kit, **asked},
            verdict=picture.verdict,
            media_type=picture.media_type,
        )
        asset = Asset(
            "composed", ad.creative_id, draft.headline, draft.body, draft.call_to_action, picture.content,
            draft.format, picture.verdict, photo.judged,
        )  # fmt: skip
        draft = self._screener.screened(draft, asset, making.product, making.ads(), making.now)
        stored = self._photos.pictures.put(picture.content, picture.media_type)
        return finished([draft], [stored], making.now)[0]

    def screened(self, creative: Creative, making: _Making) -> Creative | None:
        """An ad that was added without a screen, with its verdict; None where its picture is lost."""
        if not self._photos.pictures.has(creative.image_sha256):
            _LOG.warning("%s is not served: it was not screened, and its picture is lost", creative.creative_id)
            return None
        picture, product = self._photos.pictures.get(creative.image_sha256), making.product
        about = product if product.product_id else None
        return self._screener.screened_late(creative, picture, about, making.ads(), making.now)


class _Photo:
    """A product's photo, opened when an ad is drawn: most products that are looked at have all their ads."""

    def __init__(self, sha256: str, photos: PreparedPhotos | None) -> None:
        self._sha256, self._photos = sha256, photos

    @cached_property
    def opened(self) -> PreparedPhoto | None:
        return self._photos.of(self._sha256) if self._photos is not None and self._sha256 else None

    @property
    def judged(self) -> Photo | None:
        """As the screen judges it."""
        opened = self.opened
        return None if opened is None else Photo(self._sha256, opened.image)


NO_PHOTO: Final = _Photo("", None)


class _Making:
    """The ads that one product is to have, as they are found."""

    def __init__(self, job: Job, product: Product, photo: _Photo, maker: Maker) -> None:
        self.product, self.photo, self.now, self.asked = product, photo, job.now, job.asked
        self.counts = job.counts
        self.coarse = ""  # why the photo was not shown in a layout of the format
        self._maker = maker
        self._existing = {creative.creative_id: creative for creative in job.existing}
        self.not_made = Counter[str]()
        self.wanted: list[str] = []
        self.new: list[Creative] = []
        self.screened: list[Creative] = []

    def count(self, failed: Verdict) -> None:
        """An ad was not made; a photo that lacks detail for its layout may do in another one."""
        reason = reason_of(failed)
        if reason == DETAIL:
            self.coarse = next(check.why for check in failed.checks if check.check == DETAIL)
        else:
            self.not_made[reason] += 1

    def take(self, count: int, ads: Iterator[Ad]) -> int:
        """The first so many that are there or can be made, and pass their screen; how many there are."""
        wanted = refusals = count  # what the screen refuses of one look, it may refuse of all
        for ad in ads:
            found = self._found(ad)
            if found is None:
                continue
            self.wanted.append(ad.creative_id)
            self.not_made["screen"] += found.is_refused
            refusals -= found.is_refused
            count -= not found.is_refused
            if not count or not refusals:
                break
        return wanted - count

    def screen_the_rest(self) -> None:
        """The product's other ads that have no verdict, whoever made them (law 9)."""
        made = {one.creative_id for one in self.new}
        for one in self._existing.values():
            if one.verdict is None and one.state != "RETIRED" and one.creative_id not in made:
                found = self._maker.screened(one, self)
                self.screened += [found] if found is not None else []

    def ads(self) -> Iterator[Creative]:
        """The product's ads that will be there so far: of ours only what is wanted, since the others will be ended."""
        yield from (one for name, one in self._existing.items() if name in self.wanted or not is_ours(one))
        yield from self.new

    def _found(self, ad: Ad) -> Creative | None:
        known = self._existing.get(ad.creative_id)
        if known is not None and known.verdict is not None:
            return known
        drawn = self._maker.drawn(ad, self)
        if drawn is not None:
            self.new.append(drawn)
        return drawn


def maker_of(assets_dir: str, zone: tzinfo, kit: BrandKit, policy: Policy) -> Maker:
    """The maker of a child process."""
    photos = PreparedPhotos(pictures_in(assets_dir), cut_out())
    return Maker(photos, Screener(Installed(), policy, kit, zone))


def cut_out() -> CutOut:
    """The model for cut-outs, where one is installed."""
    found = u2net_onnx.installed()
    if found.missing:
        _LOG.warning("photos are cut out by their plain ground, or framed: %s", found.missing)
    return found
