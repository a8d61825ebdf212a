"""The demo's creatives: every product in every format, in several styles, approved by "catalogue"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from services.assets.compose import PICTURE_STYLES, RECIPE, Brief, PictureStyle, compose
from services.assets.creative import Creative, Draft, finished
from services.assets.headlines import HEADLINE_STYLES, HeadlineStyle, drawn_price, headline, price_shown
from services.assets.house_creatives import house_creatives
from services.assets.library import Library
from services.catalogue.catalogue import Catalogue, Product

CREATIVES_EACH: Final = {"300x250": 4, "728x90": 2, "320x50": 2, "160x600": 2}
"""Creatives of one product, by format."""

DEMO_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_ACTIONS: Final = {"benefit": "Discover", "urgency": "Buy now", "social": "See why", "plain": "Shop now"}
_BATCH: Final = 40


def demo_drafts(catalogue: Catalogue) -> Iterator[tuple[Draft, Brief]]:
    """Every demo creative with its brief, in a fixed order."""
    for number, product in enumerate(catalogue.products):
        for shift, (format_, count) in enumerate(CREATIVES_EACH.items()):
            for turn in range(count):
                style = HEADLINE_STYLES[(turn + (number + shift if count < len(HEADLINE_STYLES) else 0)) % 4]
                picture = PICTURE_STYLES[(number + turn + shift) % len(PICTURE_STYLES)]
                yield _draft(product, format_, style, picture, number)


def demo_creatives(catalogue: Catalogue) -> tuple[Creative, ...]:
    """The creatives of a library after `load_demo`, house creatives last; draws no pictures."""
    drafts = [draft for draft, _ in demo_drafts(catalogue)]
    return (*finished(drafts, [""] * len(drafts), DEMO_BEGAN), *house_creatives())


def load_demo(library: Library, catalogue: Catalogue, progress: Callable[[int, int], None] | None = None) -> int:
    """Adds the demo creatives that the library lacks, or whose pictures its store lacks; returns their number.

    Safe to repeat and to interrupt: each batch is added whole or not at all.
    """
    pairs = list(demo_drafts(catalogue))
    missing = [(draft, brief) for draft, brief in pairs if not library.holds(library.identity(draft))]
    done = len(pairs) - len(missing)
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        library.add_all([(draft, compose(brief)) for draft, brief in batch])
        done += len(batch)
        if progress is not None:
            progress(done, len(pairs))
    return len(missing)


def _draft(
    product: Product, format_: str, style: HeadlineStyle, picture: PictureStyle, number: int
) -> tuple[Draft, Brief]:
    text = headline(product, style, number)
    brief = Brief(format_, picture, product.category, product.colour_hex, text, drawn_price(product), _ACTIONS[style])
    draft = Draft(
        product_id=product.product_id,
        format=format_,
        headline=text,
        body=product.description,
        call_to_action=_ACTIONS[style],
        approved_by="catalogue",
        lineage={"headline_style": style, "picture_style": picture, **price_shown(product, format_)},
        recipe=f"{RECIPE}:{picture}:{product.category}:{product.colour_hex}:{brief.price}",
    )
    return draft, brief
