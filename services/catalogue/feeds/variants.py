"""Variants of one group become one product with choices.

The product is shown as its cheapest variant that can be bought, with that one's price, link and first picture, so that
an ad never shows the price of one and the picture of another. Its id is the group's: it stays when a variant comes or
goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.columns import KNOWN, plain_name
from services.catalogue.feeds.fields.text import LENGTHS
from services.catalogue.feeds.fields.web_address import MOST_IMAGES
from services.catalogue.feeds.rows import Rejection
from services.catalogue.feeds.to_product import Draft
from services.common.errors import Rejected

MOST_CHOICES: Final = 1_000
MOST_ROWS: Final = 2 * MOST_CHOICES  # of variants and pictures
_OF_CHOICE: Final = ("colour", "size", "material")
_COPIED: Final = (*_OF_CHOICE, "price_minor", "sale_price_minor", "availability")
_SHARED: Final = ("title", "description", "link", "brand", "product_type", "language")
_SOONEST: Final = (pb.IN_STOCK, pb.PREORDER, pb.BACKORDER, pb.OUT_OF_STOCK)


def merged(rows: Iterator[Draft], finish: Callable[[pb.Product], pb.Product]) -> Iterator[pb.Product | Rejection]:
    """The product of one group's rows, in the order of the feed, and the rejections of rows that do not fit it.

    `finish` completes the product; where it raises `Rejected`, all of its variants are.
    """
    drafts = list(islice(rows, MOST_ROWS))
    too_many = Rejected("too_many", "item_group_id", drafts[0].group, f"at most {MOST_ROWS} rows of a group")
    yield from (_rejected(draft, too_many) for draft in rows)
    if not drafts[0].published:
        yield from (_rejected(draft, not_published()) for draft in drafts)
        return
    fitting: list[Draft] = []
    names = _option_names(drafts)
    currency = next((draft.product.currency for draft in drafts if draft.product.price_minor), "")
    for draft in drafts:
        if why := _misfit(draft, currency):
            yield _rejected(draft, why)
        else:
            fitting.append(with_options(draft, names))
    try:
        product = finish(_product(fitting))
    except Rejected as why:
        yield from (_rejected(draft, why) for draft in fitting)
    else:
        yield product


def not_published() -> Rejected:
    """Why a product that the shop does not show is not advertised."""
    return Rejected("not_published", "published", "no", "a product that the shop shows")


def _option_names(drafts: Sequence[Draft]) -> dict[int, str]:
    """What the options are called; Shopify names them in the first row of a group."""
    return {number: name for draft in reversed(drafts) for number, (name, _) in draft.options.items() if name}


def with_options(draft: Draft, names: Mapping[int, str]) -> Draft:
    """The draft with its options as colour, size, material and brand where they are such."""
    product = pb.Product()
    product.CopyFrom(draft.product)
    rest: dict[int, tuple[str, str]] = {}
    for number, (name, value) in draft.options.items():
        called = name or names.get(number, "")
        target, _ = KNOWN.get(plain_name(called), ("", 0))
        if target in (*_OF_CHOICE, "brand") and len(value) <= LENGTHS[target]:
            setattr(product, target, getattr(product, target) or value)
        else:
            rest[number] = (called or f"option {number + 1}", value)
    return replace(draft, product=product, options=rest)


def _misfit(draft: Draft, currency: str) -> Rejected | None:
    """Why a row cannot be of its group, whose first variant's price is in `currency`; None where it can."""
    if not draft.published:
        return not_published()
    own = draft.product.currency
    if own and own != currency:
        return Rejected("currency", "currency", own, f"{currency}, as other variants of the group")
    return None


def _product(all_rows: Sequence[Draft]) -> pb.Product:
    """The product of a group's rows; raises `Rejected` where none has a price, or too many have."""
    bought = [draft for draft in all_rows if draft.product.price_minor]
    if not bought:
        raise Rejected("no_price", "price", None, "a price, or a variant with one")
    if len(bought) > MOST_CHOICES:
        raise Rejected("too_many", "item_group_id", all_rows[0].group, f"at most {MOST_CHOICES} variants of a group")
    shown = min(bought, key=_cheapest)
    product = pb.Product()
    product.CopyFrom(shown.product)
    parents = [draft for draft in all_rows if not draft.product.price_minor]
    named = next((draft.group_id for draft in all_rows if draft.group_id), "")
    product.product_id = named or shown.group.removeprefix("id:")
    product.item_group_id = product.product_id
    product.availability = min((draft.product.availability for draft in bought), key=_SOONEST.index)
    _fill(product, [*parents, shown, *all_rows])
    for name in _OF_CHOICE:
        setattr(product, name, _joined([getattr(draft.product, name) for draft in bought], LENGTHS[name]))
    _count(product, bought)
    product.choices.extend(_choice(draft) for draft in bought)
    return product


def _cheapest(draft: Draft) -> tuple[bool, int, int]:
    """Orders by the regular price: whether a sale holds depends on the time at which somebody asks."""
    product = draft.product
    sale = product.sale_price_minor or product.price_minor
    return product.availability == pb.OUT_OF_STOCK, product.price_minor, sale


def _fill(product: pb.Product, rows: Sequence[Draft]) -> None:
    """Texts, pictures and attributes: the parent's, else the shown variant's, else those of the first that has them."""
    for name in _SHARED:
        own = product.link if name == "link" else ""
        setattr(product, name, own or next((text for row in rows if (text := getattr(row.product, name))), ""))
    images = [*product.image_links, *(image for row in rows for image in row.product.image_links)]
    product.image_links[:] = list(dict.fromkeys(images))[:MOST_IMAGES]
    for row in rows:
        for name, value in row.product.attributes.items():
            if name not in product.attributes:
                product.attributes[name] = value
    rated = next((row.product for row in rows if row.product.HasField("rating")), None)
    if rated:
        product.rating, product.rating_count = rated.rating, rated.rating_count


def _joined(texts: Sequence[str], most: int) -> str:
    """The distinct texts with "/" between, as many as fit."""
    joined = ""
    for text in dict.fromkeys(text for text in texts if text):
        longer = f"{joined}/{text}" if joined else text
        if len(longer) > most:
            break
        joined = longer
    return joined


def _count(product: pb.Product, bought: Sequence[Draft]) -> None:
    product.ClearField("quantity")
    if all(draft.product.HasField("quantity") for draft in bought):
        product.quantity = sum(draft.product.quantity for draft in bought)


def _choice(draft: Draft) -> pb.Choice:
    product = draft.product
    choice = pb.Choice(choice_id=product.product_id, **{name: getattr(product, name) for name in _COPIED})
    for name in ("sale_from", "sale_until", "quantity"):
        if product.HasField(name):
            _copy(choice, product, name)
    choice.image_link = product.image_links[0] if product.image_links else ""
    choice.options.update(dict(draft.options.values()))
    return choice


def _copy(choice: pb.Choice, product: pb.Product, name: str) -> None:
    if name == "quantity":
        choice.quantity = product.quantity
    else:
        getattr(choice, name).CopyFrom(getattr(product, name))


def _rejected(draft: Draft, why: Rejected) -> Rejection:
    return Rejection.of(why, draft.position, draft.product.product_id or draft.group)
