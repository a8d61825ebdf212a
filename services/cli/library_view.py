"""How creatives of the library are printed: as JSON for programs, as a line for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from services.common.currency import decimal_text

if TYPE_CHECKING:
    from services.assets.creative import Creative
    from services.assets.life import LifeEvent


def facts_of(creative: Creative, life: Sequence[LifeEvent]) -> dict[str, Any]:
    """What `adloom library` and `adloom creatives` print of a creative with `--json`."""
    price = creative.price
    return {
        "creative_id": creative.creative_id,
        "product_id": creative.product_id,
        "format": creative.format,
        "state": creative.state,
        "texts": {
            "headline": creative.headline,
            "body": creative.body,
            "call_to_action": creative.call_to_action,
        },
        "price": f"{price.currency} {decimal_text(price.minor, price.currency)}" if price else None,
        "approved_by": creative.approved_by,
        "ai_generated": creative.ai_generated,
        "made_by": creative.made_by,
        "created_at": creative.created_at.isoformat(),
        "image_uri": creative.image_uri,
        "sha256": creative.image_sha256,
        "media_type": creative.media_type,
        "link": creative.link,
        "starts_at": creative.starts_at.isoformat() if creative.starts_at else None,
        "ends_at": creative.ends_at.isoformat() if creative.ends_at else None,
        "campaign_ids": list(creative.campaign_ids),
        "elements": dict(creative.elements),
        "verdict": verdict_of(creative),
        "lineage": dict(creative.lineage),
        "life": [{"state": e.state, "by": e.by, "why": e.why, "at": e.at.isoformat()} for e in life],
    }


def verdict_of(creative: Creative) -> dict[str, Any] | None:
    """What screening found; None where it was not screened."""
    verdict = creative.verdict
    if verdict is None:
        return None
    return {"passes": verdict.passes, "checks": [asdict(it) for it in verdict.checks], "screen": verdict.screen}


def line_of(creative: Creative) -> str:
    """A creative on one line."""
    product = creative.product_id or creative.link or "(house)"
    return f"{creative.creative_id:<24} {creative.format:<9} {creative.state:<8} {product:<18} {creative.headline}"


def price_of(creative: Creative) -> str:
    """The price that it shows, as people read it, "€29.00"; empty where it shows none."""
    from services.catalogue.price_text import price_text

    price = creative.price
    return price_text(price.minor, price.currency, language="") if price is not None else ""
