"""Exports of Magento (Adobe Commerce): a configurable product's row names the rows that are its variants.

These do not name it, are not visible by themselves, and may stand anywhere, so that the file is read once for who
belongs to whom. The configurable product has no price of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.catalogue.feeds.readers.programs.options import COLUMNS, option_cells
from services.catalogue.feeds.readers.reader import Reader
from services.catalogue.feeds.rows import Rejection, Row, Value

_COPIED: Final = {
    "id": "sku", "title": "name", "description": "description", "price": "price", "sale_price": "special_price",
    "sale_from": "special_price_from_date", "sale_until": "special_price_to_date", "link": "url_key",
    "image_link": "base_image", "additional_image_link": "additional_images", "stock": "qty",
    "availability": "is_in_stock",
}  # fmt: skip
_FACTS: Final = {"colour": "color", "size": "size", "material": "material", "brand": "manufacturer"}
_VARIANTS, _TYPE = "configurable_variations", "product_type"
_OFFLINE: Final = ("0", "2")
_HIDDEN: Final = "not visible individually"
_APART: Final = re.compile(r"(?<!\\),(?=[^,=|]+=)")  # "size=XS,color=Black, White"
_PATHS_APART: Final = re.compile(r"(?<!\\),")

Belonging = tuple[str, Sequence[tuple[str, str]]]
"""The product of a variant, and what is chosen with it."""


class Magento:
    """The rows of an export of Magento, variants with the product to which they belong."""

    SIGNS: Final = frozenset(("sku", "attribute_set_code", _TYPE, "name", "price"))

    def __init__(self, reader: Reader) -> None:
        self._reader, self.encoding = reader, reader.encoding
        self.names = (*_COPIED, "item_group_id", "category", "published", *_FACTS, *COLUMNS)

    def rows(self) -> Iterator[Row | Rejection]:
        """See `Reader.rows`."""
        belongs = dict(pair for row in self._reader.rows() if isinstance(row, Row) for pair in _variants(row.values))
        for row in self._reader.rows():
            yield row if isinstance(row, Rejection) else Row(row.position, _cells(row.values, belongs))


def _variants(row: Mapping[str, Value]) -> Iterator[tuple[str, Belonging]]:
    """By SKU the variants that a configurable product's row names: "sku=a-1,size=S|sku=a-2,size=M"."""
    for variant in str(row.get(_VARIANTS, "")).split("|"):
        pairs = _pairs(variant)
        if sku := pairs.pop("sku", ""):
            yield sku, (str(row.get("sku", "")), tuple(pairs.items()))


def _pairs(said: str) -> dict[str, str]:
    parts = (part.partition("=") for part in _APART.split(said))
    return {name.strip(): value.strip() for name, _, value in parts if value.strip()}


def _cells(row: Mapping[str, Value], belongs: Mapping[str, Belonging]) -> dict[str, Value]:
    sku, facts = str(row.get("sku", "")), _pairs(str(row.get("additional_attributes", "")))
    parent, chosen = belongs.get(sku, ("", ()))
    configurable = row.get(_TYPE) == "configurable"
    hidden = str(row.get("visibility", "")).lower() == _HIDDEN and not parent
    found: dict[str, Value | None] = {
        **{ours: row.get(theirs) for ours, theirs in _COPIED.items()},
        **{ours: facts.get(theirs) for ours, theirs in _FACTS.items()},
        "category": _categories(str(row.get("categories", ""))),
        "item_group_id": sku if configurable else parent,
        "published": "no" if hidden or str(row.get("product_online", "1")) in _OFFLINE else "yes",
        **option_cells(chosen),
    }
    found |= {"price": None, "stock": None, "availability": None} if configurable else {}
    return {name: value for name, value in found.items() if value not in (None, "", ())}


def _categories(said: str) -> tuple[str, ...]:
    """ "Default Category/Gear/Bags" as "Gear > Bags": all of them are within the first."""
    paths = [path.strip().split("/") for path in _PATHS_APART.split(said) if path.strip()]
    return tuple(" > ".join(path[1:] or path) for path in paths)
