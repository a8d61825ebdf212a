"""Screens ads anew as they are stored: the picture that is served, with the product's row as it is now. In children."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.creative import Creative, Draft
from services.assets.pictures.prepared_photos import NoPhoto, PreparedPhotos
from services.assets.screened import Screener
from services.common.verdict import Verdict
from services.screening.asset import Asset, Photo
from services.screening.policy import Kind, Policy
from services.studio.decide import COMPOSER, is_ours

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recheck:
    """Ads of one product that another version of the screen has judged."""

    product: bytes  # serialized; empty: they advertise none
    ads: tuple[Creative, ...]
    others: tuple[Creative, ...]  # all of the product, which looks are held against
    now: datetime


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What was found."""

    of: Mapping[str, Draft]  # as it is screened now, by creative
    missing: tuple[str, ...] = field(default=())  # whose pictures are gone
    seconds: float = 0.0  # of a processor


def rechecked(job: Recheck, screener: Screener, photos: PreparedPhotos) -> Rechecked:
    """Their new verdicts; raises `Unavailable` where pictures cannot be read now."""
    began = time.process_time()
    product = Product.FromString(job.product) if job.product else None
    found, missing = {}, []
    for ad in job.ads:
        try:
            asset = asset_of(ad, _picture(ad, photos), _photo(ad, photos), screener.policy)
        except NoPhoto as gone:
            _LOG.warning("%s cannot be screened again: there is no picture %s any more", ad.creative_id, gone)
            missing.append(ad.creative_id)
            continue
        found[ad.creative_id] = screener.screened(draft_of(ad), asset, product, _elder(ad, job.others), job.now)
    return Rechecked(found, tuple(missing), time.process_time() - began)


def kind_of(ad: Creative) -> Kind:
    """What the policy asks of it: of what was asked for with a photo, as when it was made."""
    if is_ours(ad) or ad.made_by.startswith(COMPOSER):
        return "composed"
    return "generated" if ad.made_by else "finished"


def asset_of(ad: Creative, content: bytes, photo: Photo | None, policy: Policy) -> Asset:
    """The ad as the screen takes it. What the composer found stands: it measured while it drew."""
    kind, before = kind_of(ad), Verdict(()) if ad.verdict is None else ad.verdict
    made = Verdict(tuple(check for check in before.checks if check.check not in policy.rules))
    is_named = kind != "finished" or not ad.product_id or any(check.check == "reads_back" for check in before.checks)
    return Asset(
        kind, ad.creative_id, ad.headline if is_named else "", ad.body, ad.call_to_action, content, ad.format,
        made if kind == "composed" else None, photo if kind == "composed" else None,
    )  # fmt: skip


def draft_of(ad: Creative) -> Draft:
    """What it was made of, as far as the screen asks."""
    return Draft(
        ad.product_id, ad.format, ad.headline, ad.body, ad.call_to_action,
        lineage=ad.lineage, link=ad.link, price=ad.price, elements=ad.elements, media_type=ad.media_type,
    )  # fmt: skip


def _photo(ad: Creative, photos: PreparedPhotos) -> Photo | None:
    """The photo in a composed ad."""
    sha256 = ad.lineage.get("photo", "") if kind_of(ad) == "composed" else ""
    if sha256 and not photos.are_there(sha256):
        raise NoPhoto(sha256)
    return Photo(sha256, photos.of(sha256).image) if sha256 else None


def _picture(ad: Creative, photos: PreparedPhotos) -> bytes:
    if not photos.pictures.has(ad.image_sha256):
        raise NoPhoto(ad.image_sha256)
    return photos.pictures.get(ad.image_sha256)


def _elder(ad: Creative, others: tuple[Creative, ...]) -> Iterator[Creative]:
    """Those that were there before it: a copy is the later one of two."""
    age = ad.created_at, ad.creative_id
    return (other for other in others if (other.created_at, other.creative_id) < age)
