"""Exports of Squarespace: a product's first row says all of it, those of its further variants only what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from services.catalogue.feeds.readers.programs.options import COLUMNS, MOST, option_cells
from services.catalogue.feeds.readers.reader import Reader
from services.catalogue.feeds.rows import Rejection, Row, Value

_GROUP, _ID = "Product ID [Non Editable]", "Variant ID [Non Editable]"
_OF_PRODUCT: Final = {
    "item_group_id": _GROUP, "title": "Title", "description": "Description", "link": "Product URL",
    "image_link": "Hosted Image URLs", "visible": "Visible",
}  # fmt: skip
_OF_VARIANT: Final = {"price": "Price", "stock": "Stock"}


class Squarespace:
    """The rows of an export of Squarespace, each with what its product says."""

    SIGNS: Final = frozenset((_GROUP, _ID, "Title", "Price"))

    def __init__(self, reader: Reader) -> None:
        self._reader, self.encoding = reader, reader.encoding
        self.names = ("id", *_OF_PRODUCT, "category", *_OF_VARIANT, "sale_price", *COLUMNS)

    def rows(self) -> Iterator[Row | Rejection]:
        """See `Reader.rows`."""
        product: Mapping[str, Value] = {}
        for row in self._reader.rows():
            if isinstance(row, Rejection):
                yield row
                continue
            product = row.values if row.values.get(_GROUP) else product
            yield Row(row.position, _cells(product, row.values))


def _cells(product: Mapping[str, Value], variant: Mapping[str, Value]) -> dict[str, Value]:
    on_sale = str(variant.get("On Sale", "")).lower() in ("yes", "true", "1")
    chosen = ((str(variant.get(f"Option Name {one}", "")), str(variant.get(f"Option Value {one}", "")))
              for one in range(1, MOST + 1))  # fmt: skip
    found: dict[str, Value | None] = {
        "id": variant.get("SKU") or variant.get(_ID),
        **{ours: product.get(theirs) for ours, theirs in _OF_PRODUCT.items()},
        "category": _categories(str(product.get("Categories", ""))),
        **{ours: variant.get(theirs) for ours, theirs in _OF_VARIANT.items()},
        "sale_price": variant.get("Sale Price") if on_sale else None,
        **option_cells(chosen),
    }
    return {name: value for name, value in found.items() if value not in (None, "", ())}


def _categories(said: str) -> tuple[str, ...]:
    """The paths of addresses as names: "/dogs/dog-toys, /sale" gives "dogs > dog toys" and "sale"."""
    paths = (path.strip().strip("/") for path in said.split(","))
    return tuple(path.replace("-", " ").replace("/", " > ") for path in paths if path)
