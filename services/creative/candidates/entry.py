"""Decides which creatives are held for serving, and as what; pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.catalogue.product_features import ProductFacts
from services.common.clock import to_ms
from services.creative.candidates.pool import FOREVER, Entry
from services.features.creative_columns import CreativeFacts


def is_house(creative_id: str) -> bool:
    """Whether it is a house creative, which no policy chooses but as the guard."""
    return creative_id.startswith("house-")


def may_be_served(creative: Creative | None) -> bool:
    """Whether somebody let it be served (law 9), whatever is offered now."""
    return creative is not None and creative.state == "APPROVED" and bool(creative.approved_by)


def facts_of(creative: Creative, product: ProductFacts | None, text_embedding: NDArray[np.float64]) -> CreativeFacts:
    """The creative as the features see it."""
    return CreativeFacts(
        creative_id=creative.creative_id,
        product_id=creative.product_id,
        product=product,
        text_embedding=text_embedding,
        ai_generated=creative.ai_generated,
        created_s=creative.created_at.timestamp(),
    )


def entry_of(creative: Creative, facts: CreativeFacts) -> Entry:
    """A creative that may be served, as a pool holds it."""
    starts_at, ends_at = getattr(creative, "starts_at", None), getattr(creative, "ends_at", None)
    return Entry(
        facts,
        creative.stated_price,
        0 if starts_at is None else to_ms(starts_at),
        FOREVER if ends_at is None else to_ms(ends_at),
        tuple(getattr(creative, "campaign_ids", ())),
    )
