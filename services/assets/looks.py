"""The looks of a product's ads: which headline in which template, colours and backdrop; pure.

They follow from a hash of the product's id and the format: neither another product nor another fact changes them.
"""

from __future__ import annotations

import hashlib
import math
from typing import Final, NamedTuple

from services.composer.templates.read_template import templates
from services.copywriter.headlines import HEADLINE_STYLES, HeadlineStyle

_BYTES: Final = 4  # of a hash, as a number


class Look(NamedTuple):
    """How a picture looks, whatever it says."""

    template: str
    palette: str
    backdrop: str


def looks_of(product_id: str, format_: str) -> list[tuple[HeadlineStyle, Look]]:
    """All pairs of a headline style and a template, each once, in an order of the product's own.

    Neighbours differ in both, so that even a few ads show much.

    >>> looks = looks_of("tee-breton", "300x250")
    >>> len(looks) == len(set(looks)) == len(HEADLINE_STYLES) * len(templates())
    True
    """
    key = f"{product_id} {format_}"
    looks = [look_of(name, key) for name in sorted(templates(), key=lambda name: _number(f"{key} {name}"))]
    first, styles, count = _number(key), len(HEADLINE_STYLES), len(looks)
    again = math.lcm(styles, count)  # pairs until the first would come again
    return [
        (HEADLINE_STYLES[(first + number) % styles], looks[(number + number // again) % count])
        for number in range(styles * count)
    ]


def look_of(template: str, key: str) -> Look:
    """The template with colours and a backdrop of those that suit it, chosen by the key."""
    said = templates()[template]
    palettes, backdrops = said.palettes, said.backdrops
    return Look(
        template,
        palettes[_number(f"{key} {template} palette") % len(palettes)],
        backdrops[_number(f"{key} {template} backdrop") % len(backdrops)],
    )


def _number(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:_BYTES], "big")
