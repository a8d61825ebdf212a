"""What the index holds of a creative; pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.assets.language import language_of_ad
from services.catalogue.facts import ProductFacts
from services.common.clock import to_ms
from services.creative.candidates.pool import FOREVER, Entry
from services.features.creative_columns import CreativeFacts


def facts_of(
    creative: Creative, product: ProductFacts | None, text_embedding: NDArray[np.float64], text_encoder: str = ""
) -> CreativeFacts:
    """The creative as the features see it; a text vector that is not of `text_encoder` counts as missing."""
    vector = creative.text_vector
    return CreativeFacts(
        creative_id=creative.creative_id,
        product_id=creative.product_id,
        product=product,
        text_embedding=text_embedding,
        ai_generated=creative.ai_generated,
        created_s=creative.created_at.timestamp(),
        elements=creative.elements,
        encoded_text=vector.numbers() if vector is not None and vector.encoder == text_encoder else None,
    )


def entry_of(creative: Creative, facts: CreativeFacts) -> Entry:
    """A creative that may be served, as a pool holds it."""
    return Entry(
        facts,
        creative.stated,
        0 if creative.starts_at is None else to_ms(creative.starts_at),
        FOREVER if creative.ends_at is None else to_ms(creative.ends_at),
        creative.campaign_ids,
        language_of_ad(creative, facts.product.language if facts.product else ""),
    )
