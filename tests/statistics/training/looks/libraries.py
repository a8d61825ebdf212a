"""The same ads in many looks, and in the three that the first version drew.

An ad keeps its id, product, words and so its lasting appeal; only its look differs. What one library earns more than
the other is thus due to looks alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from services.assets.creative import Creative
from services.assets.demo import demo_creatives
from services.catalogue.catalogue import Catalogue
from tests.statistics.training.other_shops import FORMAT

THREE: Final[Sequence[Mapping[str, str]]] = (
    {"template": "studio", "palette": "tint", "backdrop": "plain", "type": "grotesk"},
    {"template": "poster", "palette": "vivid", "backdrop": "plain", "type": "condensed"},
    {"template": "editorial", "palette": "night", "backdrop": "plain", "type": "serif"},
)
"""The styles studio, bold and editorial of the first version, in what they have become: calm and light, loud and
bright, quiet and dark."""


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
