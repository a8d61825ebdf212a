"""What kind of thing a product is, by a noun that its own row says, in the forms that its language needs; pure."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

_AN: Final = re.compile(r"(?!(?:uni|use|usu|euro|one\b|once|ewe|ufo|u-))[aeiou]|(?:hour|honest|heir)", re.IGNORECASE)
_PAIRS: Final = ("双", "对", "副")
_HEAD_END: Final = re.compile(r",|\(|\s-\s| with | for | in | of | without | mit | für | aus | ohne ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Noun:
    """The forms of a noun."""

    singular: str  # empty: English has its plural alone
    plural: str
    german: str  # plural
    chinese: str
    measure: str  # the Chinese word before it when it is counted

    @property
    def is_plural(self) -> bool:
        """Whether English speaks of it in the plural: trousers, and what is sold by the pair."""
        return not self.singular or self.measure in _PAIRS


NOUNS: Final = tuple(
    Noun(*forms)
    for forms in tomllib.loads(resources.files("services.copywriter").joinpath("nouns.toml").read_text("utf-8"))[
        "nouns"
    ]
)


def noun_of(product_type: str, title: str) -> Noun | None:
    """The noun that the title ends with, else the one that the category's last part is; None: none is known.

    >>> noun_of("Clothing > Dresses", "Clara").chinese, noun_of("", "Waxed tote bag with handles").singular
    ('连衣裙', 'tote bag')
    """
    head = _HEAD_END.split(title, maxsplit=1)[0].strip().casefold()
    last = re.split(r"[>|/]", product_type)[-1].strip().casefold()
    ends = [noun for noun in NOUNS if any(_ends(head, form) for form in _forms(noun))]
    same = [noun for noun in NOUNS if last.replace("-", " ") in {form.replace("-", " ") for form in _forms(noun)}]
    return max(ends, key=lambda noun: len(noun.chinese + noun.plural), default=next(iter(same), None))


def with_article(word: str) -> str:
    """The English word behind its indefinite article.

    >>> [with_article(word) for word in ("dress", "apron", "umbrella", "hour glass", "unicorn mug")]
    ['a dress', 'an apron', 'an umbrella', 'an hour glass', 'a unicorn mug']
    """
    return f"an {word}" if _AN.match(word) else f"a {word}"


@cache
def _forms(noun: Noun) -> tuple[str, ...]:
    said = (noun.singular, noun.plural, noun.german, noun.chinese)
    return tuple(form.casefold() for form in said if form)


def _ends(head: str, form: str) -> bool:
    """English words end a title whole, German and Chinese ones as parts of longer words."""
    return head == form or head.endswith(f" {form}") or (form[0] > "\u2e00" and head.endswith(form))
