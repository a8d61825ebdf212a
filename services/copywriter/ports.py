"""What texts need of a brand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

Words = TypeVar("Words")


class Brand(Protocol):
    """How a brand speaks; a brand kit is one."""

    @property
    def tone(self) -> str:
        """ "plain", "warm", "lively" or "formal"; another counts as plain."""
        ...

    @property
    def forbidden_words(self) -> tuple[str, ...]:
        """Words that no text of the brand has, in any case of letters."""
        ...

    @property
    def call_to_action(self) -> Mapping[str, str]:
        """The words of the button, by language; a language without them has those of the tone."""
        ...

    @property
    def allowed_claims(self) -> Mapping[str, tuple[str, ...]]:
        """What the shop promises with all that it sells, by language: "Free returns within 30 days"."""
        ...


@dataclass(frozen=True, slots=True)
class PlainBrand:
    """A brand that asks for nothing."""

    tone: str = "plain"
    forbidden_words: tuple[str, ...] = ()
    call_to_action: Mapping[str, str] = field(default_factory=dict)
    allowed_claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NO_BRAND = PlainBrand()
"""Of a shop without a brand kit."""


def of_language(by_language: Mapping[str, Words], language: str, tongue: str) -> Words | None:
    """What is said in a language: in its region, else in the language or script alone.

    >>> of_language({"de": "Ansehen"}, "de-AT", "de"), of_language({"zh": "看"}, "zh-TW", "zh-hant")
    ('Ansehen', None)
    """
    return by_language.get(language, by_language.get(tongue))
