"""The styles in which texts are written, and which come first for a tone and an audience; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from services.copywriter.headlines import HeadlineStyle

Style = Literal[
    "benefit", "plain", "question", "number", "occasion", "material", "rating", "sale", "stock", "new", "promise"
]  # fmt: skip
STYLES: Final[tuple[Style, ...]] = (
    "benefit", "rating", "sale", "occasion", "material", "number", "question", "stock", "new", "promise", "plain",
)  # fmt: skip

FAMILY: Final[Mapping[Style, HeadlineStyle]] = {
    "rating": "social",
    "sale": "urgency",
    "stock": "urgency",
    "benefit": "benefit",
    "occasion": "benefit",
    "material": "benefit",
    "number": "benefit",
    "new": "benefit",
    "promise": "benefit",
    "question": "plain",
    "plain": "plain",
}
"""Which of the four styles that the simulator's shoppers have tastes for each style is to them.

A claim that stands alone, because the format has no room for the title, is `plain` to them unless it speaks of the
offer: `style_of` reads words, as a shopper does.
"""

_TONES: Final[Mapping[str, tuple[Style, ...]]] = {
    "warm": ("question", "occasion", "benefit"),
    "lively": ("sale", "new", "question", "stock"),
    "formal": ("material", "number", "benefit", "rating"),
}
_AUDIENCES: Final[Mapping[str, tuple[Style, ...]]] = {
    "deals": ("sale", "stock"),
    "quality": ("material", "number", "benefit"),
    "proof": ("rating", "promise"),
    "new": ("new", "question"),
}


def suited(tone: str, audience: str = "") -> tuple[Style, ...]:
    """The styles that suit the audience, then those of the tone; none for unknown ones.

    >>> suited("formal", "deals")[:4], suited("plain")
    (('sale', 'stock', 'material', 'number'), ())
    """
    return tuple(dict.fromkeys((*_AUDIENCES.get(audience, ()), *_TONES.get(tone, ()))))


def styles_for(tone: str, audience: str = "") -> tuple[Style, ...]:
    """All styles, those first that suit audience and tone.

    >>> styles_for("warm")[:4]
    ('question', 'occasion', 'benefit', 'rating')
    """
    return tuple(dict.fromkeys((*suited(tone, audience), *STYLES)))
