"""From a row to the draft of a product, or of one variant of a product."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.fields.cells import Cells, as_text
from services.catalogue.feeds.fields.language import is_written_like
from services.catalogue.feeds.fields.money import PriceFormat
from services.catalogue.feeds.fields.prices import set_prices
from services.catalogue.feeds.fields.slipped import check_in_place
from services.catalogue.feeds.fields.stock import set_stock
from services.catalogue.feeds.fields.text import bounded, cut, paragraphs, plain_text
from services.catalogue.feeds.fields.web_address import is_path, read_images, read_link
from services.catalogue.feeds.mapping import ColumnMap
from services.catalogue.feeds.overrides import LANGUAGE, link_of
from services.catalogue.feeds.rows import Position, Row, Value
from services.catalogue.feeds.shop_programs import ECCUBE, PLAIN, SHOPIFY, WOOCOMMERCE
from services.common.errors import Rejected

_TEXTS: Final = ("title", "brand", "colour", "size", "material")
_UNPUBLISHED: Final = frozenset(
    ("false", "0", "-1", "no", "n", "draft", "archived", "private", "hidden", "unlisted", "pending")
    + ("not visible individually", "inactive", "disabled", "unpublished", "deleted", "非公開", "廃止", "下架", "已下架")
)
_ECCUBE_HIDDEN: Final = ("2", "3")  # not public, abolished
_MOST_ATTRIBUTE: Final = 1_000

Options = Mapping[int, tuple[str, str]]
"""What is to choose: by number of the option its name, which may be given in another row, and its value."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A product or variant as its row says it; what the rows of a group say together is not yet known."""

    position: Position
    product: pb.Product  # without a price: a row that says something of its group only
    group: str = ""  # rows with one group are variants of one product
    group_id: str = ""  # the product's id, where this row says it
    published: bool = True
    options: Options = field(default_factory=dict)


def to_draft(row: Row, columns: ColumnMap, price_format: PriceFormat) -> Draft:
    """The draft that a row describes; raises `Rejected` that names the first field that cannot be taken."""
    cells = Cells(row, columns)
    check_in_place(cells)
    group, group_id = _group(cells, columns.kind)
    options = _options(row, columns)
    product = pb.Product(product_id=_identity(cells, group, options, columns.kind))
    _set_texts(product, cells)
    set_prices(product, cells, price_format)
    set_stock(product, cells)
    _set_addresses(product, cells)
    _set_attributes(product, row, columns)
    if not (product.price_minor or _says_of_its_group(row, columns, bool(group_id))):
        raise Rejected("no_price", "price", None, "a price")
    return Draft(row.position, product, group, group_id, _is_published(cells), options)


def _group(cells: Cells, kind: str) -> tuple[str, str]:
    """The row's group, and the id of the group's product where it is certain from this row."""
    if kind != WOOCOMMERCE:
        group = cells.text("item_group_id")
        return group, group
    kinds = _woocommerce_kinds(cells.row, cells.columns)
    if "variation" in kinds:
        parent = cells.text("item_group_id")
        if not parent:
            raise Rejected(
                "no_group",
                cells.columns.own.get("parent", "Parent"),
                None,
                "the SKU or id of the product that this is a variation of",
            )
        return parent, ""
    if "variable" in kinds:
        sku = as_text(cells.own("sku"), "SKU").strip()
        own = cells.text("product_id")
        return sku or f"id:{own}", own
    return "", ""


def _woocommerce_kinds(row: Row, columns: ColumnMap) -> set[str]:
    said = row.values.get(columns.own["type"], "")
    return {word.strip().lower() for word in said.split(",")} if isinstance(said, str) else set()


def _says_of_its_group(row: Row, columns: ColumnMap, has_group_id: bool) -> bool:
    """Whether a row without a price is none of a product: Shopify's rows of further pictures, WooCommerce's parents.

    In a table of any other program it is the row whose id is that of the group.
    """
    if columns.kind == SHOPIFY:
        return not any(row.values.get(value) for _, value in columns.options)
    if columns.kind == PLAIN:
        cells = Cells(row, columns)
        return has_group_id and cells.text("item_group_id") == cells.text("product_id")
    return columns.kind == WOOCOMMERCE and "variable" in _woocommerce_kinds(row, columns) and has_group_id


def _identity(cells: Cells, group: str, options: Options, kind: str) -> str:
    """The id of the row's product or variant; Shopify and EC-CUBE give none to variants without an SKU."""
    if found := cells.text("product_id"):
        return found
    if kind in (SHOPIFY, ECCUBE) and group:
        return bounded("/".join((group, *(value for _, value in options.values()))), "choice_id")
    raise Rejected("no_id", "product_id", None, "an id")


def _options(row: Row, columns: ColumnMap) -> Options:
    found: dict[int, tuple[str, str]] = {}
    for number, (name, value) in enumerate(columns.options):
        said = plain_text(as_text(row.values.get(value, ""), value), value)
        called = plain_text(as_text(row.values.get(name, ""), name), name)
        if said and said != "Default Title":  # Shopify's value where there is nothing to choose
            found[number] = (called[:64], said[:_MOST_ATTRIBUTE])
    return found or _listed_options(row.values.get(columns.own.get("variantdict", ""), ""))


def _listed_options(said: Value) -> dict[int, tuple[str, str]]:
    """The options of one cell, as OpenAI's product feeds have them: {"Color": "Red", "Size": "10"}."""
    if not isinstance(said, str) or not said.startswith("{") or len(said) > _MOST_ATTRIBUTE:
        return {}
    try:
        listed = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    texts = [
        (plain_text(name, "variant_dict")[:64], plain_text(value, "variant_dict"))
        for name, value in listed.items()
        if isinstance(value, str)
    ]
    return dict(enumerate(texts))


def _set_texts(product: pb.Product, cells: Cells) -> None:
    for name in _TEXTS:
        setattr(product, name, cells.text(name))
    product.product_type = cells.category()
    if (value := cells.value("description")) is not None:
        product.description = _description(as_text(value, "description"), cells.columns.kind)
    product.language = _language(cells, product.title)
    if rating := cells.rating():
        product.rating = rating
        product.rating_count = cells.rating_count()


def _description(text: str, kind: str) -> str:
    """The description as plain text, a line each paragraph; WooCommerce writes line ends as "\\n"."""
    return cut(paragraphs(text.replace("\\n", "\n") if kind == WOOCOMMERCE else text, "description"))


def _language(cells: Cells, title: str) -> str:
    """The language that the row says, or the person who imports, or that the feed's texts seem to have."""
    said = cells.value("language")
    language = as_text(said, "language").strip() if said is not None else cells.columns.overrides.language
    if language and not LANGUAGE.fullmatch(language):
        raise Rejected("language", "language", language, 'a language like "de" or "zh-Hans"')
    guessed = cells.columns.guessed_language
    return language.replace("_", "-") or (guessed if guessed and is_written_like(title, guessed) else "")


def _set_addresses(product: pb.Product, cells: Cells) -> None:
    pattern = cells.columns.overrides.link
    if (link := cells.value("link")) is not None:
        within = "{link}" in pattern and is_path(link)
        product.link = read_link(link_of(pattern, "", str(link).strip().lstrip("/")) if within else link)
    product.image_links.extend(read_images([*cells.values("image_links"), *cells.values("more_images")]))


def _set_attributes(product: pb.Product, row: Row, columns: ColumnMap) -> None:
    for name, column in columns.attributes.items():
        if (value := row.values.get(column)) is not None:
            text = plain_text(as_text(value, name) if not isinstance(value, bool) else str(value).lower(), name)
            if len(text) > _MOST_ATTRIBUTE:
                raise Rejected("too_long", name, text, f"at most {_MOST_ATTRIBUTE} characters")
            if text:
                product.attributes[name] = text


def _is_published(cells: Cells) -> bool:
    if any(str(value).strip("' ").lower() in _UNPUBLISHED for value in cells.values("published")):
        return False
    return cells.columns.kind != ECCUBE or not (
        str(cells.own("公開ステータスid")).strip() in _ECCUBE_HIDDEN
        or "1" in (str(cells.own("商品削除フラグ")).strip(), str(cells.own("商品規格削除フラグ")).strip())
    )
