"""Which columns of a feed hold which of our fields: recognised by their names, or said in a mapping file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from services.catalogue.feeds.columns import (
    ATTRIBUTE_NAMES,
    BEFORE,
    FIELDS,
    FOR_WANT,
    REQUIRED,
    TRANSLATED,
    in_language,
    meant_by,
    plain_name,
    printable,
)
from services.catalogue.feeds.overrides import DEFAULTS, Overrides
from services.catalogue.feeds.shop_programs import (
    ECCUBE,
    PLAIN,
    SHOPIFY,
    WOOCOMMERCE,
    fields_of,
    not_read,
    options_of,
    own_names,
)
from services.common.errors import Misconfigured, shown

_VARIANT_IDS: Final = frozenset(
    ("variantid", "variationid", "skuid", "childid", "childsku", "规格id", "规格编号", "規格id", "规格编码")
)
"""Ids of rows beside which a product's id is that of the group, in plain form."""

_SALE_DATES: Final = ("sale_dates", "sale_from", "sale_until")


NO_TAX: Final = '(prices) EC-CUBE exports them without tax, which shoppers pay: say in a mapping file tax = "10"'
NO_SITE: Final = (
    "(no link) the feed's links lack the shop's address: say in a mapping file link = \"https://YOUR-SHOP/{link}\""
)
OTHER_SCALE: Final = "(not read) {}, which goes beyond 5"


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which columns hold which field, and what the feed does not say itself."""

    kind: str  # the shop program, or plain
    columns: Mapping[str, tuple[str, ...]]  # our field -> the feed's columns
    attributes: Mapping[str, str]  # attribute -> the feed's column
    options: tuple[tuple[str, str], ...]  # columns with the name and the value of what is to choose, in order
    passed_over: tuple[str, ...]  # columns that are not read
    overrides: Overrides = field(default_factory=Overrides)
    guessed_language: str = ""  # that the feed's texts seem to have
    currency: str = ""  # that the names of the price columns say
    own: Mapping[str, str] = field(default_factory=dict)  # the shop program's name of a column -> the column
    notes: tuple[str, ...] = ()  # what the cells showed, for people

    def lines(self) -> list[str]:
        """The mapping as it is shown to people."""
        shown = [f"{name} <- {', '.join(columns)}" for name, columns in self._as_read().items()]
        shown += [f"attributes.{name} <- {column}" for name, column in self.attributes.items()]
        shown += [f"options <- {', '.join(filter(None, pair))}" for pair in self.options]
        shown += [f"{name} = {value}" for name in DEFAULTS if (value := getattr(self.overrides, name))]
        shown += self._assumed()
        shown += [f"(not read) {', '.join(self.passed_over)}"] if self.passed_over else []
        return [printable(line) for line in shown]

    def _assumed(self) -> list[str]:
        """What is not said, and what follows from that."""
        named = self.currency if self.currency != self.overrides.currency else ""
        found = [f"currency = {named} (as the column's name says)"] if named else []
        if self.guessed_language and not self.overrides.language:
            found.append(f"language = {self.guessed_language} (guessed by the texts; --language says another)")
        found += self.notes
        if not (self.columns.get("link") or self.overrides.link or NO_SITE in self.notes):
            example = 'link = "https://YOUR-SHOP/products/{product_id}"'
            found.append(f"(no link) a click on an ad leads nowhere: say in a mapping file {example}")
        if not self.overrides.time_zone and any(self.columns.get(name) for name in _SALE_DATES):
            found.append(
                "(time zone) sale dates without one count while they hold in all; --time-zone says which it is"
            )
        if self.kind == ECCUBE and not (self.overrides.tax or "税率" in self.own):
            found.append(NO_TAX)
        return found

    def without(self, field_: str, note: str) -> ColumnMap:
        """The mapping that does not read a field, and says why."""
        columns = {name: given for name, given in self.columns.items() if name != field_}
        return replace(self, columns=columns, notes=(*self.notes, note))

    def _as_read(self) -> Mapping[str, tuple[str, ...]]:
        """The columns by what they become. A row of a group is one of its product's choices (`variants.py`)."""
        row, group = self.columns.get("product_id", ()), self.columns.get("item_group_id", ())
        if not group or self.kind == WOOCOMMERCE:  # there, a parent has a row and an id of its own
            return self.columns
        product = (
            group if self.kind in (SHOPIFY, ECCUBE) else (*group, *row)
        )  # in a plain feed, rows may be of no group
        ids = {"product_id": product, **({"choices.choice_id": row} if row else {})}
        return {**ids, **{name: columns for name, columns in self.columns.items() if name != "product_id"}}


def recognise(names: Sequence[str], overrides: Overrides) -> ColumnMap:
    """The mapping of a feed with these columns; raises `Misconfigured` where a field that must be there has none.

    >>> recognise(["Artikelnummer", "Titel", "Preis", "Farbe"], Overrides(currency="EUR")).columns["colour"]
    ('Farbe',)
    """
    kind, own = own_names(names)
    currency = _currency(names, overrides)
    columns = _by_name(names, currency, overrides.language, not_read(kind, names))
    columns |= fields_of(kind, own)
    columns |= _before(columns)
    columns |= _grouped(kind, columns, names)
    attributes = {ATTRIBUTE_NAMES[plain_name(name)]: name for name in names if plain_name(name) in ATTRIBUTE_NAMES}
    recognised = ColumnMap(kind, columns, attributes, options_of(own), (), overrides, currency=currency, own=own)
    return _checked(overridden(recognised, names), names)


def _translated(names: Sequence[str], field_: str, language: str) -> list[str]:
    """The column of a field in this language; else in the one that comes first."""
    found = {
        said: name for name in reversed(names) if (said := in_language(name)[1]) and in_language(name)[0] == field_
    }
    return [found.get(language[:2].lower()) or list(found.values())[-1]] if found else []


def _by_name(
    names: Sequence[str], currency: str, language: str, left_out: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """The columns by the fields that their names mean anywhere."""
    found: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        target, rank, said = meant_by(name)
        if said in ("", currency) and target and name not in left_out:
            found.setdefault(target, []).append((rank, name))
    for target, wanted in FOR_WANT.items():
        if target not in found:
            found[target] = [(0, name) for name in names if plain_name(name) == wanted]
    for target in TRANSLATED:
        found[target] = found.get(target) or [(0, name) for name in _translated(names, target, language)]
    return {target: tuple(name for _, name in sorted(found[target])) for target in FIELDS if found.get(target)}


def _grouped(kind: str, columns: Mapping[str, tuple[str, ...]], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """In a table with ids of variants beside those of products: the product's is that of the group."""
    variants = tuple(name for name in names if plain_name(name) in _VARIANT_IDS)
    products = tuple(name for name in columns.get("product_id", ()) if name not in variants)
    if kind != PLAIN or "item_group_id" in columns or not (variants and products):
        return {}
    return {"item_group_id": products[:1], "product_id": variants}


def _currency(names: Iterable[str], overrides: Overrides) -> str:
    """The currency of the price columns whose names say one: of several that which is asked for, else the first."""
    said = [currency for name in names if (currency := meant_by(name)[2])]
    return overrides.currency if overrides.currency in said else next(iter(said), "")


def _before(columns: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The columns of the price before a reduction, with those that stand beside the price that is asked."""
    _, *others = columns.get("price", ("",))
    before = (*columns.get("compare_price", ()), *(name for name in others if plain_name(name) in BEFORE))
    return {"compare_price": before} if before else {}


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
    identity = ("item_group_id", "product_id") if found.kind in (SHOPIFY, ECCUBE) else ("product_id",)
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
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown.rstrip(".")
