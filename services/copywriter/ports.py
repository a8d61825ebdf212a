"""What texts need of a brand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


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


@dataclass(frozen=True, slots=True)
class PlainBrand:
    """A brand that asks for nothing."""

    tone: str = "plain"
    forbidden_words: tuple[str, ...] = ()
    call_to_action: Mapping[str, str] = field(default_factory=dict)


NO_BRAND = PlainBrand()
"""Of a shop without a brand kit."""
