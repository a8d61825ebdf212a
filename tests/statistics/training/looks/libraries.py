"""The same ads in many looks, and in the three that the first version drew.

An ad keeps its id, product, words and so its lasting appeal; only its look differs. What one library earns more than
the other is thus due to looks alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby, islice
from typing import Final

from services.assets.ads import Setup, all_ads_of
from services.assets.creative import Creative, finished
from services.assets.demo import DEMO_BEGAN, demo_creatives
from services.catalogue.catalogue import Catalogue
from services.copywriter.offer_words import Moment
from tests.statistics.training.other_shops import FORMAT

THREE: Final[Sequence[Mapping[str, str]]] = (
    {"template": "studio", "palette": "tint", "backdrop": "plain", "type": "grotesk"},
    {"template": "poster", "palette": "vivid", "backdrop": "plain", "type": "condensed"},
    {"template": "editorial", "palette": "night", "backdrop": "plain", "type": "serif"},
)
"""The styles studio, bold and editorial of the first version, in what they have become: calm and light, loud and
bright, quiet and dark."""

FIRST_SIZES: Final = {"studio": "medium", "poster": "medium", "editorial": "medium"}
"""How much of an ad of 300x250 its product took in the first version: a third, in all three."""

SIZES: Final = FIRST_SIZES | {"editorial": "small"}
"""How much it takes in the templates that they have become."""


def many_looks(catalogue: Catalogue) -> tuple[Creative, ...]:
    """The ads of a catalogue, as the studio makes them now."""
    return tuple(creative for creative in demo_creatives(catalogue) if creative.format == FORMAT)


def three_looks(creatives: Sequence[Creative]) -> tuple[Creative, ...]:
    """The same ads, each in one of the three looks in turn, as the first version did."""
    return tuple(
        replace(creative, elements={**creative.elements, **THREE[number % len(THREE)]})
        if creative.elements
        else creative
        for number, creative in enumerate(creatives)
    )


def studio_ads(catalogue: Catalogue, each: int) -> tuple[Creative, ...]:
    """The first so many ads that the studio would make of each product, product by product; no house creatives."""
    setup = Setup(Moment(DEMO_BEGAN))
    drafts = [
        draft for product in catalogue.products for draft, _ in islice(all_ads_of(product.message, FORMAT, setup), each)
    ]
    return finished(drafts, [""] * len(drafts), DEMO_BEGAN)


def crossed_with_three(creatives: Sequence[Creative], sizes: Mapping[str, str] = FIRST_SIZES) -> tuple[Creative, ...]:
    """The same ads, where each text of a product comes in all three looks before it comes in one again."""
    made: list[Creative] = []
    for _, of_product in groupby(creatives, lambda creative: creative.product_id):
        first: dict[str, int] = {}
        times: Counter[str] = Counter()
        for creative in of_product:
            text = creative.headline
            look = THREE[(first.setdefault(text, len(first)) + times[text]) % len(THREE)]
            times[text] += 1
            elements = {**creative.elements, **look, "picture_size": sizes[look["template"]]}
            made.append(replace(creative, elements=elements))
    return tuple(made)


def unlike(creatives: Sequence[Creative]) -> list[int]:
    """Where those stand that differ from all before them in product, headline or look."""
    seen: set[tuple[str, ...]] = set()
    found = []
    for at, creative in enumerate(creatives):
        key = (creative.product_id, creative.headline, *(creative.elements[name] for name in THREE[0]))
        if key not in seen:
            found.append(at)
        seen.add(key)
    return found
