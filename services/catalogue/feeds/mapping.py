"""Which columns of a feed hold which of our fields: recognised by their names, or said in a mapping file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from services.catalogue.feeds.columns import (
    ATTRIBUTE_NAMES,
    BEFORE,
    FIELDS,
    REQUIRED,
    meant_by,
    plain_name,
    printable,
)
from services.catalogue.feeds.overrides import DEFAULTS, Overrides
from services.common.errors import Misconfigured, shown

PLAIN, SHOPIFY, WOOCOMMERCE = "plain", "shopify", "woocommerce"
_OPTION_WORDS: Final = (("option", ""), ("attribute", "s"))
_OPTIONS: Final = range(1, 11)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which columns hold which field, and what the feed does not say itself."""

    kind: str  # plain, shopify or woocommerce
    columns: Mapping[str, tuple[str, ...]]  # our field -> the feed's columns
    attributes: Mapping[str, str]  # attribute -> the feed's column
    options: tuple[tuple[str, str], ...]  # columns with the name and the value of what is to choose, in order
    passed_over: tuple[str, ...]  # columns that are not read
    overrides: Overrides = field(default_factory=Overrides)
    guessed_language: str = ""  # that the feed's texts seem to have
    currency: str = ""  # that the names of the price columns say

    def lines(self) -> list[str]:
        """The mapping as it is shown to people."""
        shown = [f"{name} <- {', '.join(columns)}" for name, columns in self._as_read().items()]
        shown += [f"attributes.{name} <- {column}" for name, column in self.attributes.items()]
        shown += [f"options <- {name}, {value}" for name, value in self.options]
        shown += [f"{name} = {value}" for name in DEFAULTS if (value := getattr(self.overrides, name))]
        shown += self._assumed()
        shown += [f"(not read) {', '.join(self.passed_over)}"] if self.passed_over else []
        return [printable(line) for line in shown]

    def _assumed(self) -> list[str]:
        """What is not said, and what follows from that."""
        found = [f"currency = {self.currency} (as the column's name says)"] if self.currency else []
        if self.guessed_language and not self.overrides.language:
            found.append(f"language = {self.guessed_language} (guessed by the texts; --language says another)")
        if not (self.columns.get("link") or self.overrides.link):
            example = 'link = "https://YOUR-SHOP/products/{product_id}"'
            found.append(f"(no link) a click on an ad leads nowhere: say in a mapping file {example}")
        return found

    def _as_read(self) -> Mapping[str, tuple[str, ...]]:
        """The columns by what they become. A row of a group is one of its product's choices (`variants.py`)."""
        row, group = self.columns.get("product_id", ()), self.columns.get("item_group_id", ())
        if not group or self.kind == WOOCOMMERCE:  # there, a parent has a row and an id of its own
            return self.columns
        product = group if self.kind == SHOPIFY else (*group, *row)  # in a plain feed, rows may be of no group
        ids = {"product_id": product, **({"choices.choice_id": row} if row else {})}
        return {**ids, **{name: columns for name, columns in self.columns.items() if name != "product_id"}}


def recognise(names: Sequence[str], overrides: Overrides) -> ColumnMap:
    """The mapping of a feed with these columns; raises `Misconfigured` where a field that must be there has none.

    >>> recognise(["Artikelnummer", "Titel", "Preis", "Farbe"], Overrides(currency="EUR")).columns["colour"]
    ('Farbe',)
    """
    kind = _kind(names)
    currency = _currency(names, overrides)
    found: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        target, rank, said = meant_by(name)
        if said in ("", currency) and target and not (kind == WOOCOMMERCE and plain_name(name) == "type"):
            found.setdefault(target, []).append((rank, name))
    columns = {target: tuple(name for _, name in sorted(found[target])) for target in FIELDS if target in found}
    columns |= _special(kind, names)
    columns |= _before(columns)
    attributes = {ATTRIBUTE_NAMES[plain_name(name)]: name for name in names if plain_name(name) in ATTRIBUTE_NAMES}
    recognised = ColumnMap(kind, columns, attributes, _options(names), (), overrides, currency=currency)
    return _checked(overridden(recognised, names), names)


def _currency(names: Iterable[str], overrides: Overrides) -> str:
    """The currency of the price columns whose names say one: of several that which is asked for, else the first."""
    said = [currency for name in names if (currency := meant_by(name)[2])]
    return overrides.currency if overrides.currency in said else next(iter(said), "")


def _kind(names: Iterable[str]) -> str:
    plain = {plain_name(name) for name in names}
    if "variantprice" in plain and "handle" in plain or {"urlhandle", "price", "option1name"} <= plain:
        return SHOPIFY
    if {"type", "name", "regularprice", "parent"} <= plain:
        return WOOCOMMERCE
    return PLAIN


_SPECIAL: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    SHOPIFY: {
        "product_id": ("variantsku", "sku"),
        "item_group_id": ("handle", "urlhandle"),
        "price": ("variantprice", "price"),
        "compare_price": ("variantcompareatprice", "compareatprice"),
        "quantity": ("variantinventoryqty", "inventoryquantity"),
        "image_links": ("variantimage", "variantimageurl", "imagesrc", "productimageurl"),
        "product_type": ("productcategory", "type"),
        "published": ("published", "publishedononlinestore", "status"),
    },
    WOOCOMMERCE: {
        "product_id": ("id", "sku"),
        "item_group_id": ("parent",),
        "price": ("regularprice",),
        "product_type": ("categories",),
        "published": ("published", "visibilityincatalog"),
        "description": ("description", "shortdescription"),
    },
    PLAIN: {},
}
"""What the two shop programs call the fields, where their names mean something else elsewhere; in plain form."""


def _special(kind: str, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    by_plain = {plain_name(name): name for name in names}
    return {
        target: tuple(by_plain[plain] for plain in plains if plain in by_plain)
        for target, plains in _SPECIAL[kind].items()
        if any(plain in by_plain for plain in plains)
    }


def _before(columns: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The columns of the price before a reduction, with those that stand beside the price that is asked."""
    _, *others = columns.get("price", ("",))
    before = (*columns.get("compare_price", ()), *(name for name in others if plain_name(name) in BEFORE))
    return {"compare_price": before} if before else {}


def _options(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The columns `Option1 Name` and `Option1 Value` of Shopify, `Attribute 1 name` and `Attribute 1 value(s)` of
    WooCommerce."""
    by_plain = {plain_name(name): name for name in names}
    pairs = ((f"{word}{number}name", f"{word}{number}value{end}") for word, end in _OPTION_WORDS for number in _OPTIONS)
    return tuple((by_plain[name], by_plain[value]) for name, value in pairs if name in by_plain and value in by_plain)


def overridden(found: ColumnMap, names: Sequence[str], fields: Sequence[str] = FIELDS) -> ColumnMap:
    """What was recognised, with what the person said; raises `Misconfigured` for a column that is not there."""
    overrides = found.overrides
    asked = [*(name for columns in overrides.columns.values() for name in columns), *overrides.attributes.values()]
    if missing := [name for name in asked if name not in names]:
        raise Misconfigured(f"The mapping names the column {shown(missing[0])}; the file has {listed(names)}.")
    merged = {**found.columns, **overrides.columns}
    columns = {target: merged[target] for target in fields if merged.get(target)}
    attributes = {**found.attributes, **overrides.attributes}
    used = {name for group in columns.values() for name in group} | set(attributes.values())
    used.update(name for pair in found.options for name in pair)
    return replace(
        found, columns=columns, attributes=attributes, passed_over=tuple(name for name in names if name not in used)
    )


def _checked(found: ColumnMap, names: Sequence[str]) -> ColumnMap:
    """Raises `Misconfigured` where no column can give a field that every product must have."""
    identity = ("item_group_id", "product_id") if found.kind == SHOPIFY else ("product_id",)
    missing = [name for name in REQUIRED if name not in found.columns]
    missing = [name for name in missing if name != "product_id" or not set(identity) & set(found.columns)]
    if missing:
        raise Misconfigured(
            f"No column was recognised as {' or '.join(missing)}; the feed has {listed(names)}. "
            f'Name it in a mapping file: [columns] {missing[0]} = "...".'
        )
    if found.kind != PLAIN and not (found.overrides.currency or "currency" in found.columns):
        raise Misconfigured(f"A {found.kind} export does not say the currency of its prices: give it by --currency.")
    return found


def listed(names: Sequence[str]) -> str:
    """Names of columns as a message shows them."""
    shown = printable(", ".join(name[:40] for name in names[:20]))
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown
