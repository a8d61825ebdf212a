"""Which language an ad speaks, and which one a page asks for; pure."""

from __future__ import annotations

from typing import Final

from services.assets.creative import Creative
from services.catalogue.language import UNSURE, language_of_text

_SAME: Final = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}
"""Other tags for a language: the two ways to write Norwegian, and codes that were replaced but are still sent."""


def primary(tag: str) -> str:
    """The language alone of a BCP 47 tag, without script and region; empty where there is none.

    >>> [primary(tag) for tag in ("de-AT", "zh_TW", "zh-Hans", "NB", "", "und")]
    ['de', 'zh', 'zh', 'no', '', '']
    """
    first = tag.casefold().replace("_", "-").split("-")[0]
    return "" if first == UNSURE else _SAME.get(first, first)


def language_of_ad(creative: Creative, said: str) -> str:
    """The language of an ad whose product's row says or shows `said`; where that is not known, what the ad shows.

    Empty where it shows no product, and where nothing tells its language: it speaks to everybody.
    """
    if not creative.product_id:
        return ""
    return primary(said) or primary(language_of_text(f"{creative.headline} {creative.body} {creative.call_to_action}"))
