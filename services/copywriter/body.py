"""The body of an ad: the title where the headline lacks it, then whole sentences of the shop's description; pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from typing import Final

from services.composer.type.line_breaks import phrases_of
from services.copywriter.budgets import columns
from services.copywriter.facts import Facts
from services.copywriter.shop_words import stands_alone

_WIDE: Final = "\u2e00"  # from here on, scripts are written without spaces between sentences
_PART: Final = re.compile(r"\s[–—|-]\s|, |，")
_WITH: Final = re.compile(r" (?:with|mit) |, |，")
_CLAIM: Final = re.compile(".*?(?:: |：)")
_LIMITS: Final = re.compile(
    r"\b(?:without|only|refurb\w*|renewed|reconditioned|used|second.?hand|broken|defective|spare|replacement|dummy|empty"
    r"|ohne|nur|gebraucht\w*|generalüberholt\w*|defekt\w*|ersatz\w*|leer\w*|attrappe)\b"
    r"|二手|翻新|仅|不含|配件|替换|空瓶|空盒",
    re.IGNORECASE,
)
"""What a title may say last and no ad may leave out: a refurbished phone is no new one, a spare part not the whole."""
_ENDS: Final = (".", "!", "?", "。", "！", "？", "…")


def body_of(facts: Facts, headline: str, budget: int, is_forbidden: Callable[[str], bool]) -> str:
    """What fits of title and description, at least its opening; nothing of it is in the headline."""
    title = "" if _names(headline, facts.title) else facts.title
    claim = headline.removesuffix(facts.title).removesuffix(head_of(facts.title)).strip(" :：").casefold()
    said = (text for text in facts.sentences if not claim or not text.casefold().startswith(claim))
    parts = [_ended(text) for text in (title, *said) if text]
    body = ""
    for part in parts:
        joined = f"{body}{'' if not body or body[-1] > _WIDE else ' '}{part}"
        is_whole = body or stands_alone(part)
        if is_whole and columns(joined) <= budget and not is_forbidden(part) and not says(headline, part):
            body = joined
    if not body and title:
        return shortened(title, budget, facts.language)
    opening = _ended(facts.opening) if facts.opening else ""
    fits = opening and not says(headline, opening) and not says(opening, headline) and not is_forbidden(opening)
    return opening if not body and fits and columns(opening) <= budget else body


def shortened(text: str, budget: int, language: str = "") -> str:
    """A title as far as it fits: its first part, else cut behind a word with an ellipsis.

    >>> shortened("Waxed canvas tote, olive", 20), shortened("Waxed canvas tote bag", 18)
    ('Waxed canvas tote', 'Waxed canvas tote…')
    >>> shortened("男士轻薄羽绒服 短款立领保暖外套", 20, "zh")
    '男士轻薄羽绒服 短款…'
    >>> shortened("Espresso machine (spare part: drip tray)", 20)
    ''
    """
    if columns(text) <= budget:
        return text
    if _LIMITS.search(text):
        return ""
    first = _PART.split(text, maxsplit=1)[0]
    if first and columns(first) <= budget:
        return first
    widths = accumulate(map(columns, words := phrases_of(text, language)))
    fitting = "".join(word for word, width in zip(words, widths, strict=True) if width < budget)
    fitting = fitting or words[0][: max(0, budget - 1) // 2]  # a letter fills two columns at most
    return f"{fitting.rstrip(' ,;:-')}…" if fitting else ""


def head_of(title: str) -> str:
    """What the title is about, without what comes with it.

    >>> head_of("Recycled down coat with detachable hood"), head_of("Phone, refurbished"), head_of("Set of two mugs")
    ('Recycled down coat', 'Phone, refurbished', 'Set of two mugs')
    """
    return title if _LIMITS.search(title) else _WITH.split(title, maxsplit=1)[0].strip() or title


def says(headline: str, part: str) -> bool:
    """Whether the headline has the words of a part."""
    return part.strip(" .。").casefold() in headline.casefold()


def _names(headline: str, title: str) -> bool:
    """Whether a headline has the title or its head, or begins it, with or without a claim before."""
    begun = (headline.rstrip("…").casefold(), _CLAIM.sub("", headline, count=1).rstrip("…").casefold())
    return says(headline, head_of(title)) or title.casefold().startswith(begun)


def _ended(text: str) -> str:
    """A sentence with its mark."""
    if text.endswith(_ENDS):
        return text
    return f"{text}。" if text[-1] > _WIDE else f"{text}."
