"""Creatives of a catalogue's file as feature columns, for experiments without a stack."""

from __future__ import annotations

from collections.abc import Sequence

from services.assets.creative import Creative
from services.catalogue.catalogue import Catalogue
from services.features.creative_columns import CreativeColumns, CreativeFacts, creative_columns


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
            )
            for creative, text in zip(creatives, texts, strict=True)
        ]
    )
