"""Creatives of a catalogue's file as feature columns and as shoppers see them, for experiments without a stack."""

from __future__ import annotations

from collections.abc import Sequence

from services.assets.creative import Creative
from services.catalogue.catalogue import Catalogue
from services.features.creative_columns import CreativeColumns, CreativeFacts, creative_columns
from services.simulator.shoppers.truth import Offers, SeenAd


def columns_of(creatives: Sequence[Creative], catalogue: Catalogue) -> CreativeColumns:
    """The feature columns of some creatives, in the order given."""
    texts = catalogue.terms.vectors([creative.headline for creative in creatives])
    return creative_columns(
        [
            CreativeFacts(
                creative_id=creative.creative_id,
                product_id=creative.product_id,
                product=catalogue.facts.get(creative.product_id),
                text_embedding=text,
                ai_generated=creative.ai_generated,
                created_s=creative.created_at.timestamp(),
                elements=creative.elements,
            )
            for creative, text in zip(creatives, texts, strict=True)
        ]
    )


def offers_of(creatives: Sequence[Creative], catalogue: Catalogue) -> Offers:
    """Some creatives as every shopper sees them, in the order given."""
    return Offers.of([seen_ad(creative, catalogue) for creative in creatives])


def seen_ad(creative: Creative, catalogue: Catalogue) -> SeenAd:
    """A creative as every shopper sees it."""
    product = catalogue.product(creative.product_id) if creative.product_id else None
    return SeenAd(creative.creative_id, product, creative.headline, creative.format, creative.elements)
