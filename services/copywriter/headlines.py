"""The four styles of headlines for which shoppers have tastes, and the style of any headline by its words; pure.

- `social`: its rating and who gave it: "4.6 of 5 from 200+ reviews: Breton stripe tee".
- `urgency`: a sale with its last day, or a counted low stock: "Fewer than 10 left: ...".
- `benefit`: another claim before the title.
- `plain`: what has no claim before it.

`texts.py` writes in more styles; `styles.FAMILY` says to which of these each belongs.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from services.copywriter.phrases import phrases

HeadlineStyle = Literal["benefit", "urgency", "social", "plain"]
HEADLINE_STYLES: Final[tuple[HeadlineStyle, ...]] = ("benefit", "urgency", "social", "plain")

_URGENT: Final = ("sale", "few", "few_of", "off", "off_until")


def style_of(text: str) -> HeadlineStyle:
    """The style of any headline, by its first words; without a colon, by all of them.

    >>> [style_of(text) for text in ("Fewer than 10 left: Boot: high", "Waterproof: Boot", "Canvas high-top")]
    ['urgency', 'benefit', 'plain']
    """
    plain = text.replace("：", ": ")
    before = [plain[: colon.start()].strip() for colon in re.finditer(": ", plain)]  # claims and titles have some, too
    said = before or [plain]
    if any(pattern.fullmatch(one) for name in _URGENT for pattern in phrases(name) for one in said):
        return "urgency"
    if any(pattern.fullmatch(one) for pattern in phrases("rated") for one in said):
        return "social"
    return "benefit" if before else "plain"
