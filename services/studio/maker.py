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
from services.composer.brand_kit import NO_KIT, BrandKit
from services.composer.compose import composed
from services.composer.legible import reason_of
from services.composer.photos import u2net_onnx
from services.composer.photos.cut_out import CutOut
from services.composer.photos.prepared_photo import PreparedPhoto
from services.copywriter.headlines import Moment
from services.studio.decide import Ad, candidates
from services.studio.prepared_photos import NoPhoto, PreparedPhotos

_LOG = logging.getLogger(__name__)
KINDS: Final = (PNG, JPEG)
"""Of pictures: letters are sharpest in the first, and photos light in the second."""

KIT: Final = "kit"
"""The entry of an ad's lineage for the version of the brand kit that it was made with."""


@dataclass(frozen=True, slots=True)
class Job:
    """One product, and what there is of it."""

    product: bytes  # serialized
    photo: str  # SHA-256 of its first picture; empty: it has none
    known: frozenset[str]  # creatives of the product that there are, in any state
    counts: Mapping[str, int]  # ads that it is to have, by format
    now: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a job."""

    wanted: tuple[str, ...]  # creatives that the product is to have: known ones, and those that were made
    new: tuple[Creative, ...]  # those that were made, their pictures stored; nobody has approved them
    not_made: Counter[str] = field(default_factory=Counter)  # by reason
    seconds: float = 0.0  # of a processor


class Maker:
    """Belongs to one thread."""

    def __init__(self, photos: PreparedPhotos, zone: tzinfo, kit: BrandKit = NO_KIT) -> None:
        self._photos, self._zone, self._kit = photos, zone, kit

    def __call__(self, job: Job) -> Made:
        """The ads; raises `Unavailable` where pictures cannot be read or stored now."""
        began = time.process_time()
        photo = job.photo if self._photos.are_there(job.photo) else ""
        try:
            making = self._all_of(job, photo)
        except NoPhoto:
            photo = ""
            making = self._all_of(job, photo)
        if job.photo and not photo:
            making.not_made["photo"] += 1
        return Made(tuple(making.wanted), tuple(making.new), making.not_made, time.process_time() - began)

    def _all_of(self, job: Job, photo: str) -> _Making:
        setup = Setup(Moment(job.now, self._zone), photo, self._kit)
        making = _Making(job, _Photo(photo, self._photos), self)
        for count, ads in candidates(Product.FromString(job.product), job.counts, setup):
            making.take(count, ads)
        return making

    def drawn(self, ad: Ad, photo: PreparedPhoto | None, now: datetime, not_made: Counter[str]) -> Creative | None:
        """The ad, drawn and stored; None where it could not be read, which is counted."""
        picture = composed(ad.brief, photo, KINDS)
        if not picture.verdict.passes:
            not_made[reason_of(picture.verdict)] += 1
            return None
        lineage = {**ad.draft.lineage, KIT: self._kit.version} if self._kit.version else ad.draft.lineage
        draft = replace(
            ad.draft,
            approved_by="",
            elements={**ad.draft.elements, **picture.elements},
            lineage=lineage,
            verdict=picture.verdict,
            media_type=picture.media_type,
        )
        stored = self._photos.pictures.put(picture.content, picture.media_type)
        return finished([draft], [stored], now)[0]


class _Photo:
    """A product's photo, opened when an ad is drawn: most products that are looked at have all their ads."""

    def __init__(self, sha256: str, photos: PreparedPhotos) -> None:
        self._sha256, self._photos = sha256, photos

    @cached_property
    def opened(self) -> PreparedPhoto | None:
        return self._photos.of(self._sha256) if self._sha256 else None


class _Making:
    """The ads that one product is to have, as they are found."""

    def __init__(self, job: Job, photo: _Photo, maker: Maker) -> None:
        self._job, self._photo, self._maker = job, photo, maker
        self.not_made = Counter[str]()
        self.wanted: list[str] = []
        self.new: list[Creative] = []

    def take(self, count: int, ads: Iterator[Ad]) -> None:
        """The first so many that are there or can be made."""
        for ad in ads:
            if self._is_there(ad):
                self.wanted.append(ad.creative_id)
                count -= 1
            if not count:
                return

    def _is_there(self, ad: Ad) -> bool:
        if ad.creative_id in self._job.known:
            return True
        drawn = self._maker.drawn(ad, self._photo.opened, self._job.now, self.not_made)
        if drawn is None:
            return False
        self.new.append(drawn)
        return True


def maker_of(assets_dir: str, zone: tzinfo, kit: BrandKit) -> Maker:
    """The maker of a child process."""
    return Maker(PreparedPhotos(pictures_in(assets_dir), cut_out()), zone, kit)


def cut_out() -> CutOut:
    """The model for cut-outs, where one is installed."""
    found = u2net_onnx.installed()
    if found.missing:
        _LOG.warning("photos are cut out by their plain ground, or framed: %s", found.missing)
    return found
