"""What a product must be to be advertised, where no importer has read it; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from os.path import commonprefix
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from protos.gen.adloom.catalogue.v1.product_pb2 import Choice, Product
from services.catalogue.feeds.fields.currencies import CURRENCIES
from services.catalogue.feeds.fields.text import plain_text
from services.common.errors import Rejected
from services.wire.codec.rules import check_fields, check_moment

_LINES: Final = ("product_id", "title", "brand", "product_type", "colour", "size", "material", "item_group_id")
_CHOICE_LINES: Final = ("choice_id", "colour", "size", "material")
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_CONTROL_OR_LINE: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_SHOWN: Final = 20


def check_product(product: Product) -> None:
    """Raises `Rejected` that names the field: the proto's rules, plain texts, a real currency, a sale that is one."""
    check_fields(product)
    if product.currency not in CURRENCIES:
        raise Rejected("currency", "currency", product.currency, "an ISO 4217 code of a currency in use")
    _check_texts(product)
    _check_sale(product, "")
    for number, choice in enumerate(product.choices):
        _check_sale(choice, f"choices[{number}].")


def _check_texts(product: Product) -> None:
    for field, text in _texts(product):
        wrong = _not_plain(text, field)
        if wrong:
            expected = f"plain text in NFC, without markup, entities and control characters such as {wrong!r},"
            raise Rejected("markup", field, text, expected)
    if not product.title.strip():
        raise Rejected("no_title", "title", product.title, "a title")
    if product.product_id != product.product_id.strip():
        raise Rejected("invalid", "product_id", product.product_id, "an id without spaces around it")


def _not_plain(text: str, field: str) -> str:
    """Where a text begins not to be plain; empty: nowhere. Spaces may stand anywhere, new lines in descriptions."""
    control = (_CONTROL if field == "description" else _CONTROL_OR_LINE).search(text)
    if control:
        return control[0]
    plain = "".join(plain_text(text, field).split())
    given = "".join(text.split())
    return "" if given == plain else given[len(commonprefix((given, plain))) :][:_SHOWN]


def _texts(product: Product) -> Iterator[tuple[str, str]]:
    yield "description", product.description
    yield from ((name, getattr(product, name)) for name in _LINES)
    yield from ((f"attributes[{name}]", text) for name, text in product.attributes.items())
    for number, choice in enumerate(product.choices):
        yield from ((f"choices[{number}].{name}", getattr(choice, name)) for name in _CHOICE_LINES)
        yield from ((f"choices[{number}].options[{name}]", text) for name, text in choice.options.items())


def _check_sale(priced: Product | Choice, where: str) -> None:
    """Raises `Rejected` for a sale that is no cheaper, or that ends before it begins."""
    if priced.sale_price_minor >= priced.price_minor:
        raise Rejected("sale", f"{where}sale_price_minor", priced.sale_price_minor, f"less than {priced.price_minor}")
    begin = _moment(priced.sale_from, f"{where}sale_from") if priced.HasField("sale_from") else None
    end = _moment(priced.sale_until, f"{where}sale_until") if priced.HasField("sale_until") else None
    if begin is not None and end is not None and begin >= end:
        raise Rejected("sale", f"{where}sale_until", end.isoformat(), f"a moment after {begin.isoformat()}")


def _moment(given: Timestamp, field: str) -> datetime:
    check_moment(given, field)  # `check_fields` leaves out those of the choices
    return given.ToDatetime(UTC)
