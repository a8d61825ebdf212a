"""Which language an ad speaks, and which one a page asks for; pure."""

from __future__ import annotations

from typing import Final

from services.assets.creative import Creative
from services.copywriter.phrases import language_of

_SAME: Final = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}
"""Other tags for a language: the two ways to write Norwegian, and codes that were replaced but are still sent."""


def primary(tag: str) -> str:
    """The language alone of a BCP 47 tag, without script and region; empty where there is none.

    >>> [primary(tag) for tag in ("de-AT", "zh_TW", "zh-Hans", "NB", "")]
    ['de', 'zh', 'zh', 'no', '']
    """
    first = tag.casefold().replace("_", "-").split("-")[0]
    return _SAME.get(first, first)


def language_of_ad(creative: Creative, said: str) -> str:
    """The language of an ad whose product's row says `said`; empty where it shows no product: it speaks to everybody.

    Where the row says none, the ad's own letters tell it, and Latin ones are taken for English, as ads are written.
    """
    if not creative.product_id:
        return ""
    return primary(language_of(said, f"{creative.headline} {creative.body} {creative.call_to_action}"))
