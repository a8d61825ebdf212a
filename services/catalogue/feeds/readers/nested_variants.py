"""Products of JSON that hold their variants in a list, as Shopify's API has them: a row each variant.

    {"handle": "hat", "title": "Hat", "variants": [{"sku": "h-1", "price": 9, "option1": "Red"}], "options": [...]}

becomes the row that a table would have: `item_group_id` hat, `sku` h-1, `Option1 Name` and `Option1 Value`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.catalogue.feeds.columns import PRICES, meant_by
from services.common.errors import Rejected

VARIANTS: Final = "variants"
_MOST: Final = 1_000  # as a product may have choices: each of them repeats the product's texts
_OPTIONS: Final = ("options", "selectedOptions", "selected_options")
_OF_PRODUCT: Final = frozenset(("title", "description", "link", "item_group_id"))
"""What a variant calls so is none of the product's: its title is "Red / S"."""

_OWN: Final = frozenset(("product_id", "availability", "quantity", *PRICES))


def rows_of_variants(fields: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """An object each variant; the object itself where it has no variants with prices.

    Raises `Rejected("too_many")`.

    >>> red = {"id": 8, "title": "Red", "price": 9, "options": {"Color": "Red"}}
    >>> rows_of_variants({"id": 7, "title": "Hat", "variants": [red]})
    [{'title': 'Hat', 'item_group_id': 7, 'id': 8, 'price': 9, 'Option1 Name': 'Color', 'Option1 Value': 'Red'}]
    """
    variants = fields.get(VARIANTS)
    if not isinstance(variants, list) or not any(_has_price(one) for one in variants):
        return [fields]
    if len(variants) > _MOST:
        raise Rejected("too_many", VARIANTS, f"{len(variants)} variants", f"at most {_MOST} variants of a product")
    options = fields.get(_OPTIONS[0])
    names = [one.get("name") if isinstance(one, dict) else one for one in options] if isinstance(options, list) else []
    group = fields.get("handle") or next(
        (value for name, value in fields.items() if _means(name) == "product_id"), None
    )
    shared = {name: value for name, value in fields.items() if name not in (VARIANTS, *_OPTIONS)}
    return [_row(shared, group, one, names) for one in variants if isinstance(one, dict)]


def _has_price(variant: Any) -> bool:
    return isinstance(variant, dict) and any(_means(name) in PRICES for name in variant)


def _means(name: str) -> str:
    return meant_by(name)[0]


def _row(shared: Mapping[str, Any], group: Any, variant: Mapping[str, Any], names: Sequence[Any]) -> dict[str, Any]:
    own = {name: value for name, value in variant.items() if _means(name) not in _OF_PRODUCT and name not in _OPTIONS}
    its = {_means(name) for name in own} & _OWN
    row = {name: value for name, value in shared.items() if name not in own and _means(name) not in its}
    return {**row, "item_group_id": group, **own, **_named(_chosen(variant, names))}


def _chosen(variant: Mapping[str, Any], names: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Names and values of what is chosen."""
    for said in (variant[name] for name in _OPTIONS if name in variant):
        if isinstance(said, dict):
            yield from said.items()
            return
        if isinstance(said, list) and all(isinstance(one, dict) for one in said):
            yield from ((one.get("name"), one.get("value")) for one in said)
            return
    for number, name in enumerate(names, 1):
        yield name, variant.get(f"option{number}")


def _named(chosen: Iterator[tuple[Any, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, (name, value) in enumerate(chosen, 1):
        if isinstance(value, str) and value and value != "Default Title":
            found |= {f"Option{number} Name": name, f"Option{number} Value": value}
    return found
