"""The looks of a product's ads: which text in which template, colours and backdrop; pure.

All of it follows from hashes of the product's id and the format, each element by a hash of its own: neither another
product nor another fact changes a look, and over many products no element tells of another, so that each can be
credited by itself. Colours and backdrops are those that suit the template.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from services.composer.templates.own_templates import NO_OWN
from services.composer.templates.read_template import templates
from services.composer.templates.template import Template
from services.copywriter.styles import STYLES, Style

_BYTES: Final = 4  # of a hash, as a number
_SUITED: Final = 3.0  # how much likelier a style that suits tone and audience comes before one that does not


class Look(NamedTuple):
    """How a picture looks, whatever it says."""

    template: str
    palette: str
    backdrop: str


def looks_of(
    product_id: str,
    format_: str,
    suited: Collection[Style] = (),
    alone: bool = False,
    own: Mapping[str, Template] = NO_OWN.by_name,
) -> list[tuple[Style, Look]]:
    """All pairs of a text style and a template, each once, in an order of the product's own.

    Neighbours differ in both, so that even a few ads show much. A style whose texts the row does not allow is passed
    over; the others keep their looks. `alone`: no product is shown, which not all templates suit. `own`: the shop's own
    templates besides ours.

    >>> looks = looks_of("tee-breton", "300x250")
    >>> len(looks) == len(set(looks)) == len(STYLES) * len(templates())
    True
    """
    key = f"{product_id} {format_}"
    suitable = [template for template in (*templates().values(), *own.values()) if template.alone or not alone]
    looks = [look_of(each, key) for each in sorted(suitable, key=lambda each: _number(f"{key} {each.name}"))]
    ordered = sorted(STYLES, key=lambda style: _wait(f"{key} style {style}", _SUITED if style in suited else 1.0))
    styles, count = len(ordered), len(looks)
    again = math.lcm(styles, count)  # pairs until the first would come again
    return [(ordered[number % styles], looks[(number + number // again) % count]) for number in range(styles * count)]


def look_of(template: Template, key: str) -> Look:
    """The template with colours and a backdrop of those that suit it, chosen by the key."""
    name, palettes, backdrops = template.name, template.palettes, template.backdrops
    return Look(
        name,
        palettes[_number(f"{key} {name} palette") % len(palettes)],
        backdrops[_number(f"{key} {name} backdrop") % len(backdrops)],
    )


def _wait(key: str, weight: float) -> float:
    """Drawing without replacement by weights: the shortest wait first (Efraimidis and Spirakis, 2006)."""
    return -math.log((_number(key) + 1) / 2 ** (8 * _BYTES)) / weight


def _number(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:_BYTES], "big")
