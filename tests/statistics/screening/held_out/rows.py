"""The products of the held-out banners, and the words around them; pure but for its table."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product

_TABLE: Final = Path(__file__).parent / "rows.toml"
LANGUAGES: Final = ("en", "en", "de", "zh")
"""By how often they come."""

_SIGNS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "CNY": "¥"}


@dataclass(frozen=True, slots=True)
class Row:
    """A product as its feed says."""

    language: str
    title: str
    body: str
    price: int  # minor units
    currency: str
    photo: str
    sale: int = 0  # 0: none

    @property
    def now(self) -> int:
        """What it costs."""
        return self.sale or self.price

    @property
    def percent(self) -> int:
        """Whole per cent off."""
        return 100 * (self.price - self.sale) // self.price if self.sale else 0

    def product(self) -> Product:
        """The message that the screen holds an ad against."""
        return Product(
            product_id=self.title, title=self.title, description=self.body, price_minor=self.price,
            sale_price_minor=self.sale, currency=self.currency, language=self.language,
        )  # fmt: skip


def money(row: Row, minor: int, sign: str = "") -> str:
    """An amount as shops of the row's language write it.

    >>> money(Row("de", "", "", 0, "EUR", ""), 6490), money(Row("en", "", "", 0, "GBP", ""), 123400)
    ('64,90 €', '£1,234.00')
    """
    sign = sign or _SIGNS[row.currency]
    if row.language == "zh":
        return f"{sign}{minor // 100}" if minor % 100 == 0 else f"{sign}{minor / 100:.2f}"
    text = f"{minor / 100:,.2f}"
    if row.language == "de":
        return f"{text.translate(str.maketrans(',.', '.,'))} {sign}"
    return f"{sign}{text}"


def any_row(chance: random.Random) -> Row:
    """A row by chance."""
    language = chance.choice(LANGUAGES)
    return Row(language, **chance.choice(table()[language]))


def words(kind: str, language: str) -> list[str]:
    """The table's words of a kind."""
    found: list[str] = table()[kind][language]
    return found


@cache
def table() -> dict[str, Any]:
    """All of it."""
    return tomllib.loads(_TABLE.read_text("utf-8"))
