"""Columns by which rows name what is to choose, as exports of Shopify have them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MOST: Final = 6
COLUMNS: Final = tuple(f"Option{number} {what}" for number in range(1, MOST + 1) for what in ("Name", "Value"))


def option_cells(chosen: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The cells of names and values, without those that say no value.

    >>> option_cells([("Size", "M"), ("Colour", "")])
    {'Option1 Name': 'Size', 'Option1 Value': 'M'}
    """
    said = [(name, value) for name, value in chosen if value][:MOST]
    return {
        f"Option{number} {what}": cell
        for number, pair in enumerate(said, 1)
        for what, cell in zip(("Name", "Value"), pair, strict=True)
        if cell
    }
