"""The facts of a product's row from which texts are made, in the words of its language; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import BACKORDER, PREORDER, Product
from services.catalogue.language import language_of_row, language_of_text, scripts_of
from services.copywriter.benefits import adds_to
from services.copywriter.nouns import Noun, noun_of
from services.copywriter.shop_words import DENIED, clauses, field_words, opening, sentences, title_words

_LONGEST_CLAUSE: Final = 60  # columns are counted later; a longer clause is a sentence
_LONGEST_FIGURE: Final = 45
_OCCASIONS: Final = {
    "en": re.compile(
        r"(?<!known )(?<!famous )(?<!room )(?<!space )(?<!look )(?<!looking )(?<!care )(?<!pay )(?<!pocket )"
        r"(?<!asked )\bfor (?!its?\b|their|his|her|them|you\b|us\b|each|every|example|sale|free|life|more|less|"
        r"all\b|use\b|instance|a price|(?:(?:two|three|four|five|six|seven|eight|nine|ten|twelve|many|several|\w+ty) )?"
        r"(?:minutes|hours|days|weeks|months|years|decades|ages|good|long)\b|\d)"
        r"[^.,;!?:()]{3,40}(?=[.,;!?:()]|$)",
        re.IGNORECASE,
    ),
    "de": re.compile(
        r"(?<!bekannt )(?<!Platz )(?<!Fach )\bfür (?!sie\b|ihn\b|dich\b|euch\b|jede\w*|alle\b|den Preis|\d)"
        r"[^.,;!?:()]{3,40}(?=[.,;!?:()]|$)",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"适合[^，。；！？、\s]{2,16}(?=[，。；！？]|$)"),
}
_NO_MATERIAL: Final = frozenset(
    (
        "unknown",
        "other",
        "others",
        "various",
        "mixed",
        "none",
        "unbekannt",
        "sonstige",
        "andere",
        "其他",
        "其它",
        "未知",
    )
)
_WORD: Final = re.compile(r"[^\W\d_]{4}|[\u4e00-\u9fff]{2}")
_NUMBER: Final = re.compile(r"(?<![A-Za-z\d])\d")
"""Not within a name, as in "CS2"."""
_YES: Final = frozenset(("yes", "true", "1", "ja", "是"))


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row says, fit for ads; empty where it says nothing."""

    language: str  # "en-GB"; "und" where the row neither says nor shows it
    title: str
    benefits: tuple[str, ...]
    figure: str  # a clause with a number: "Packed weight 1.9 kg"
    occasion: str  # "for hot days and beach bars"
    materials: tuple[str, ...]
    noun: Noun | None
    sentences: tuple[str, ...]
    opening: str  # the first clause of the description, where it stands by itself
    is_new: bool
    is_ahead: bool  # it can be ordered before there is stock

    @property
    def tongue(self) -> str:
        """The language alone; traditional Chinese is one of its own."""
        first, *more = self.language.lower().replace("_", "-").split("-")
        return "zh-hant" if first == "zh" and {"hant", "tw", "hk", "mo"} & set(more) else first


def facts_of(product: Product) -> Facts | None:
    """The facts of a product; None where its title cannot be carried. Its ads of all formats are made of the same."""
    return _facts_of(product.SerializeToString(deterministic=True))


@lru_cache(maxsize=64)  # a worker writes of one product after the other
def _facts_of(content: bytes) -> Facts | None:
    product = Product.FromString(content)
    title = title_words(product.title)
    if not title:
        return None
    language = language_of_row(product)
    first = language.lower()[:2]
    highlight = product.attributes.get("product_highlight", "")
    parts = (*clauses(highlight), *clauses(product.description))
    return Facts(
        language=language,
        title=title,
        benefits=tuple(_benefits(highlight, product.description, title)),
        figure=next((part for part in parts if _is_figure(part, title)), ""),
        occasion=_occasion((*sentences(highlight), *sentences(product.description)), first),
        materials=_materials(product, title, first),
        noun=noun_of(product.product_type, title),
        sentences=sentences(product.description),
        opening=opening(product.description),
        is_new=product.attributes.get("new_arrival", "").strip().casefold() in _YES,
        is_ahead=product.availability in (PREORDER, BACKORDER),
    )


def _benefits(highlight: str, description: str, title: str) -> Iterator[str]:
    """The highlight whole, else the opening of the description: later clauses lean on earlier ones."""
    whole = field_words(highlight).strip(" .。") if len(sentences(highlight)) == 1 else ""
    for text in (whole, opening(description)):
        if text and len(text) <= _LONGEST_CLAUSE and adds_to(title, text):
            yield text


def _is_figure(text: str, title: str) -> bool:
    """Whether it says what the number is of: "22 cm" alone does not."""
    starts_whole = text[:1].isupper() or text[:1].isdigit() or text[:1] > "\u2e00"
    says_what = _WORD.search(text) is not None and _NUMBER.search(text) is not None
    return says_what and starts_whole and len(text) <= _LONGEST_FIGURE and adds_to(title, text)


def _occasion(said: tuple[str, ...], language: str) -> str:
    pattern = _OCCASIONS.get(language)
    if pattern is None:
        return ""
    for sentence in said:
        match = pattern.search(sentence)
        if match and not DENIED.search(sentence):
            return match.group().strip()
    return ""


def _materials(product: Product, title: str, language: str) -> tuple[str, ...]:
    """All materials of one thing; those of variants are choices, and no text says them together."""
    found = tuple(part.strip() for part in field_words(product.material).split("/") if part.strip())
    if any(":" in part or "：" in part or part.casefold() in _NO_MATERIAL for part in found):
        return ()  # "Upper: leather" is of a part
    is_said = any(part.casefold() in title.casefold() for part in found)
    is_foreign = any(_is_foreign(part, title, language) for part in found)
    return () if len(found) > 1 and product.choices or is_said or is_foreign else found


def _is_foreign(text: str, title: str, language: str) -> bool:
    """Whether a text is written in a script of neither its title nor the language: "Glass" in an Arabic row."""
    return not scripts_of(text) & scripts_of(title) and language_of_text(text) != language
