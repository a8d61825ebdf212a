"""Checks of what a picture shows: safe for all, sharp, in the brand's colours, and no copy of another ad; pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from PIL import Image

from services.common.verdict import Check
from services.screening.asset import Asset, Grounds, Photo
from services.screening.judges import Judges
from services.screening.model_file import NotInstalled
from services.screening.pictures.brand_colours import COLOURS, off_brand
from services.screening.pictures.looks import LOOKS, nearest, nearest_moved
from services.screening.pictures.ports import ImageJudge
from services.screening.pictures.sharpness import BLOCKS, SHARP, blockiness, sharpness
from services.screening.policy import Policy

_PHOTOS: Final = 16  # whose ads are made one after another


def picture_checks(  # noqa: PLR0913, PLR0917 - what a verdict is made of
    asset: Asset, picture: Image.Image, look: str, grounds: Grounds, judges: Judges, policy: Policy
) -> Iterator[Check]:
    """The checks that policy asks."""
    rules = policy.rules
    if policy.asks("image_safety", asset.kind, asset.ad):
        yield from _safety(asset, picture, judges, policy)
    if policy.asks("sharp", asset.kind, asset.ad):
        score = sharpness(picture)
        why = f"the finest detail has {score:.0%} of a sharp picture's"
        yield rules["sharp"].check(score, why, SHARP)
    if policy.asks("blocks", asset.kind, asset.ad):
        score = blockiness(picture)
        why = f"steps between its 8x8 blocks are {score:.1f} times those elsewhere"
        yield rules["blocks"].check(score, why, BLOCKS)
    if policy.asks("brand_colours", asset.kind, asset.ad) and grounds.kit.colours:
        score = off_brand(picture, grounds.kit.colours.values())
        why = f"{score:.0%} of what is coloured is in colours that the brand kit lacks"
        yield rules["brand_colours"].check(score, why, COLOURS)
    if policy.asks("duplicate", asset.kind, asset.ad):
        moved = asset.kind == "finished"  # ours are made anew, not cut out of others
        bits, other = nearest_moved(picture, look, grounds.looks) if moved else nearest(look, grounds.looks)
        why = f"it looks like {other}" if other else "the product has no other such ad"
        yield rules["duplicate"].check(bits, why, LOOKS)


def _safety(asset: Asset, picture: Image.Image, judges: Judges, policy: Policy) -> Iterator[Check]:
    """Of a composed ad its photo is judged: all else is drawn by us."""
    rule = policy.rules["image_safety"]
    if asset.kind == "composed" and asset.photo is None:
        return
    if isinstance(judges.images, NotInstalled):
        yield rule.unmeasured(judges.images.why)
        return
    score = judges.images.unsafe(picture) if asset.photo is None else _of_photo(judges.images, asset.photo)
    what = "the picture" if asset.photo is None else "the product's photo"
    yield rule.check(score, f"{what} is not safe for all with {score:.0%}", judges.images.version)


@lru_cache(maxsize=_PHOTOS)
def _of_photo(judge: ImageJudge, photo: Photo) -> float:
    """Of a photo that many ads show."""
    return judge.unsafe(photo.image)
