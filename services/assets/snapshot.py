"""Creatives of a catalogue's file as feature columns, for experiments without a stack."""

from __future__ import annotations

from collections.abc import Sequence

from services.assets.creative import Creative
from services.catalogue.catalogue import Catalogue
from services.catalogue.product_features import ProductFacts, product_facts
from services.features.creative_columns import CreativeColumns, CreativeFacts, creative_columns


def columns_of(creatives: Sequence[Creative], catalogue: Catalogue) -> CreativeColumns:
    """The feature columns of some creatives, in the order given."""
    facts = facts_by_product(catalogue)
    texts = catalogue.terms.vectors([creative.headline for creative in creatives])
    return creative_columns(
        [
            CreativeFacts(
                creative_id=creative.creative_id,
                product_id=creative.product_id,
                product=facts.get(creative.product_id),
                text_embedding=text,
                ai_generated=creative.ai_generated,
                created_s=creative.created_at.timestamp(),
            )
            for creative, text in zip(creatives, texts, strict=True)
        ]
    )


def facts_by_product(catalogue: Catalogue) -> dict[str, ProductFacts]:
    """The facts of each product that features use; its `get` is a `ProductLookup` (`product_features.py`)."""
    return {
        product.product_id: product_facts(vector, product.category, product.price_minor)
        for product, vector in zip(catalogue.products, catalogue.product_vectors, strict=True)
    }
