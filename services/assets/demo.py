"""The demo's creatives: those that the studio makes of the demo shop, and the house creatives."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from PIL import Image

from services.assets.ads import ads_of
from services.assets.creative import Creative, Draft, finished
from services.assets.house_creatives import house_creatives
from services.assets.library import Library
from services.catalogue.catalogue import Catalogue
from services.common.verdict import STAND_IN
from services.composer.formats import size_of
from services.copywriter.offer_words import Moment

CREATIVES_EACH: Final = {"300x250": 4, "728x90": 2, "320x50": 2, "160x600": 2}
"""Creatives of one product, by format."""

DEMO_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_BATCH: Final = 40


def demo_drafts(catalogue: Catalogue) -> Iterator[Draft]:
    """Every creative of the products, in the order of their ids."""
    for product in catalogue.products:
        ads = ads_of(product.message, CREATIVES_EACH, Moment(DEMO_BEGAN))
        yield from (replace(draft, verdict=STAND_IN) for draft, _ in ads)  # as their pictures are


def demo_creatives(catalogue: Catalogue) -> tuple[Creative, ...]:
    """The creatives of a library after `load_demo`, house creatives of the same formats last; draws no ads."""
    drafts = list(demo_drafts(catalogue))
    houses = (house for house in house_creatives() if house.format in CREATIVES_EACH)
    return (*finished(drafts, [""] * len(drafts), DEMO_BEGAN), *houses)


def load_demo(library: Library, catalogue: Catalogue, progress: Callable[[int, int], None] | None = None) -> int:
    """Adds the demo creatives that the library lacks, or whose pictures its store lacks; returns their number.

    Safe to repeat and to interrupt: each batch is added whole or not at all. The pictures are
    stand-ins: who loads the demo without a studio looks at none, and drawing all takes half a minute.
    """
    drafts = list(demo_drafts(catalogue))
    missing = [draft for draft in drafts if not library.holds(library.identity(draft))]
    done = len(drafts) - len(missing)
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        library.add_all([(draft, stand_in(draft.format, library.identity(draft))) for draft in batch])
        done += len(batch)
        if progress is not None:
            progress(done, len(drafts))
    return len(missing)


def stand_in(format_: str, identity: str) -> bytes:
    """A PNG of the format in one colour, which with its first pixel tells whose it is."""
    told = hashlib.sha256(identity.encode()).digest()
    picture = Image.new("RGB", size_of(format_), (told[0], told[1], told[2]))
    picture.putpixel((0, 0), (told[3], told[4], told[5]))
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()
