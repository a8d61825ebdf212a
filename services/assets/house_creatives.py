"""The house creatives of every process: made from code, so that they are there whatever else is not (law 1)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from typing import Final

from services.assets.creative import HOUSE, Creative
from services.assets.house import HOUSE_FORMATS, house_draft, house_picture

_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def house_creatives() -> tuple[Creative, ...]:
    """The house creatives that have pictures of their own."""
    return tuple(house_creative(format_) for format_ in HOUSE_FORMATS)


def house_creative(format_: str) -> Creative:
    """The house creative of a format, with its picture's hash."""
    draft = house_draft(format_)
    return Creative(
        creative_id=f"{HOUSE}{format_}",
        product_id="",
        format=format_,
        headline=draft.headline,
        body=draft.body,
        call_to_action=draft.call_to_action,
        approved_by=draft.approved_by,
        ai_generated=False,
        made_by="",
        created_at=_BEGAN,
        image_sha256=hashlib.sha256(house_picture(format_)).hexdigest(),
        lineage={},
        state="APPROVED",
    )


@cache
def house_pictures() -> dict[str, bytes]:
    """Their pictures by hash, as PNG."""
    drawn = (house_picture(format_) for format_ in HOUSE_FORMATS)
    return {hashlib.sha256(picture).hexdigest(): picture for picture in drawn}
