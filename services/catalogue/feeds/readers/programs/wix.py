"""Exports of Wix: a row each product, and below it one each variant with a surcharge on the product's price.

A price may be reduced by an amount or a percentage; a percentage is rounded half up to two decimals, as Wix shows it.
Pictures are names of files on Wix's own server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from services.catalogue.feeds.fields.cells import as_number
from services.catalogue.feeds.readers.programs.options import COLUMNS, MOST, option_cells
from services.catalogue.feeds.readers.reader import Reader
from services.catalogue.feeds.rows import Rejection, Row, Value
from services.common.errors import Rejected

_MEDIA: Final = "https://static.wixstatic.com/media/"
_CENT: Final = Decimal("0.01")
_COPIED: Final = {"title": "name", "description": "description", "brand": "brand"}
_NO_PRODUCT: Final = "the row of the variant's product above it"


class Wix:
    """The rows of an export of Wix, variants with what their products say."""

    SIGNS: Final = frozenset(("handleId", "fieldType", "name", "price", "surcharge"))

    def __init__(self, reader: Reader) -> None:
        self._reader, self.encoding = reader, reader.encoding
        self.names = (
            "id", "item_group_id", *_COPIED, "category", "image_link", "price", "sale_price", "stock", "visible",
            *COLUMNS,
        )  # fmt: skip

    def rows(self) -> Iterator[Row | Rejection]:
        """See `Reader.rows`; a product with variants is given by these alone."""
        product: Row | None = None
        alone = False
        for row in self._reader.rows():
            if isinstance(row, Rejection):
                yield row
            elif str(row.values.get("fieldType", "")).lower() != "variant":
                if product and alone:
                    yield Row(product.position, _cells(product.values, {}))
                product, alone = row, True
            elif product and product.values.get("handleId") == row.values.get("handleId"):
                yield Row(row.position, _cells(product.values, row.values))
                alone = False
            else:
                handle = str(row.values.get("handleId", ""))
                yield Rejection.of(Rejected("no_group", "handleId", handle, _NO_PRODUCT), row.position, handle)
        if product and alone:
            yield Row(product.position, _cells(product.values, {}))


def _cells(product: Mapping[str, Value], variant: Mapping[str, Value]) -> dict[str, Value]:
    """The row of a variant, or of a product that has none."""
    handle = str(product.get("handleId", ""))
    numbers = range(1, MOST + 1)
    chosen = [
        (str(product.get(f"productOptionName{one}", "")), str(variant.get(f"productOptionDescription{one}", "")))
        for one in numbers
    ]
    sku = variant.get("sku") if variant else product.get("sku")
    price, sale = _prices(product, variant)
    found: dict[str, Value | None] = {
        "id": sku or "/".join((handle, *(value for _, value in chosen if value))),
        "item_group_id": handle if variant else None,
        **{ours: product.get(theirs) for ours, theirs in _COPIED.items()},
        "category": str(product.get("collection", "")).split(";")[0],
        "image_link": _images(str(product.get("productImageUrl", ""))),
        "price": price,
        "sale_price": sale,
        "stock": variant.get("inventory", product.get("inventory")),
        "visible": "no" if "false" in (_flag(product), _flag(variant)) else "yes",
        **option_cells(chosen),
    }
    return {name: value for name, value in found.items() if value not in (None, "", ())}


def _flag(row: Mapping[str, Value]) -> str:
    return str(row.get("visible", "")).lower()


def _images(said: str) -> tuple[str, ...]:
    names = (name.strip() for name in said.split(";"))
    return tuple(name if "://" in name else f"{_MEDIA}{name}" for name in names if name)


def _prices(product: Mapping[str, Value], variant: Mapping[str, Value]) -> tuple[Value | None, Value | None]:
    """What is asked without and with the product's discount; what is no number is given as it stands."""
    price, surcharge = as_number(product.get("price", "")), as_number(variant.get("surcharge", 0))
    if price is None or surcharge is None:
        return product.get("price"), None
    price += surcharge
    discount = as_number(product.get("discountValue", 0)) or Decimal(0)
    if not discount:
        return price, None
    if str(product.get("discountMode", "")).upper() == "PERCENT":
        return price, (price * (100 - discount) / 100).quantize(_CENT, ROUND_HALF_UP)
    return price, price - discount
