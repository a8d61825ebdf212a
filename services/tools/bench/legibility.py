"""How many ads can be read: 600 as the studio makes them, in all formats, in English, German and Chinese.

Each is read back by the screen's reader, which knows nothing of the composer; contrast and fit are measured on all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from itertools import count as count_up
from itertools import islice
from typing import Final

from services.assets.ads import Setup, all_ads_of
from services.catalogue.catalogue import Product, read_catalogue
from services.common.errors import Misconfigured
from services.composer.art import Art
from services.composer.brief import Brief
from services.composer.compose import composition
from services.composer.composition import Composition
from services.composer.formats import FORMATS
from services.copywriter.offer_words import Moment
from services.screening.model_file import NotInstalled
from services.screening.policy import policy
from services.screening.reading import ppocr_onnx
from services.screening.reading.likeness import likeness, text_of
from services.screening.reading.ports import Reader
from services.tools.bench.compose import photo_of
from services.tools.bench.figures import Figure

PRODUCTS: Final = resources.files("services.tools.bench") / "legibility_products.csv"
COUNT: Final = 600
PROMISED: Final = 98.0
"""Per cent of headlines that are read."""

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A composed ad, and how much of its headline was read."""

    brief: Brief
    made: Composition
    likeness: float
    read: str


def legibility_figures() -> list[Figure]:
    """The figures; raises `Misconfigured` where nothing is installed that reads."""
    reader = ppocr_onnx.installed()
    if isinstance(reader, NotInstalled):
        raise Misconfigured(f"Ads cannot be read back: {reader.why}.")
    refused: Counter[str] = Counter()
    read = list(read_back(reader, COUNT, refused))
    return [*_shares(read), *_measured(read, refused)]


def read_back(reader: Reader, count: int, refused: Counter[str]) -> Iterator[ReadBack]:
    """So many ads, read back; `refused` counts those that the composer did not make, by their check."""
    for _, brief, made in islice(compositions(refused), count):
        assert made.image is not None
        read = text_of(reader.lines(made.image))
        yield ReadBack(brief, made, likeness(brief.headline, read), read)


def compositions(refused: Counter[str] | None = None) -> Iterator[tuple[str, Brief, Composition]]:
    """Ads without end, with their product's id: formats, languages and products in turn, each in another look."""
    known, refused = products(), Counter() if refused is None else refused
    for number in count_up():
        format_, found = FORMATS[number % len(FORMATS)], known[number % len(known)]
        product = found[number // len(known) % len(found)]
        ads = list(all_ads_of(product.message, format_, Setup(Moment(NOW))))
        brief = ads[number // len(FORMATS) % len(ads)][1]
        art: Art = photo_of(product.colour_hex or "#808080") if number % 2 else None
        made = composition(brief, art)
        failed = [check.check for check in made.verdict.checks if not check.passes]
        if failed:
            refused[failed[0]] += 1
        else:
            yield product.product_id, brief, made


@cache
def products() -> list[list[Product]]:
    """The products, by language."""
    found: defaultdict[str, list[Product]] = defaultdict(list)
    with resources.as_file(PRODUCTS) as path:
        for product in read_catalogue(path).products:
            found[product.message.language].append(product)
    return list(found.values())


def _shares(read: list[ReadBack]) -> list[Figure]:
    """Headlines that are read, of all and by language and format."""
    least = policy().threshold("reads_back")
    groups: defaultdict[str, list[bool]] = defaultdict(list)
    for one in read:
        for group in ("", f"_{one.brief.language}", f"_{one.brief.format}"):
            groups[group].append(one.likeness >= least)
    return [
        Figure(f"headline_read{group}", 100 * sum(found) / len(found), f"% of {len(found)} ads", "promised", PROMISED)
        for group, found in sorted(groups.items())
    ]


def _measured(read: list[ReadBack], refused: Counter[str]) -> list[Figure]:
    whole = sum(one.likeness == 1 for one in read)
    contrast = min(placed.contrast for one in read for placed in one.made.placed.values())
    smallest = min(placed.size_px for one in read for placed in one.made.placed.values())
    return [
        Figure("headline_read_to_the_letter", 100 * whole / len(read), f"% of {len(read)} ads"),
        Figure("least_contrast", contrast, "WCAG ratio, of all texts", "promised", 4.5),
        Figure("smallest_text", smallest, "px"),
        Figure("glyphs_missing", refused["glyphs"], "ads refused for it", "promised", 0),
        Figure("not_made", sum(refused.values()), f"briefs, {dict(refused)}"),
    ]
