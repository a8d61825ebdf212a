"""A creative: an ad for a product in one format, with its lineage."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from services.assets.life import State
from services.assets.stated import stated_in
from services.catalogue.offer import Stated

TextEncoder = Callable[[list[str]], NDArray[np.float64]]
"""Gives one vector for each text, shape (len(texts), 16)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A creative before it is added to the library."""

    product_id: str  # empty for house creatives
    format: str
    headline: str
    body: str
    call_to_action: str
    approved_by: str = ""  # empty: it is not served (law 9)
    ai_generated: bool = False
    made_by: str = ""  # model that made the picture, "creative_generator/1"
    lineage: Mapping[str, str] = field(default_factory=dict)
    recipe: str = ""  # of a picture that can be drawn again; empty: the picture is identified by its bytes


@dataclass(frozen=True, slots=True, eq=False)
class Creative:
    """A creative as the library knows it."""

    creative_id: str
    product_id: str  # empty for house creatives
    format: str
    headline: str
    body: str
    call_to_action: str
    approved_by: str  # empty: it is not served
    ai_generated: bool
    made_by: str
    created_at: datetime  # UTC, when it entered the library
    image_sha256: str  # empty where the picture was not drawn
    text_embedding: NDArray[np.float64]  # (16,), of the headline
    lineage: Mapping[str, str]
    state: State = "DRAFT"  # only an APPROVED one is served

    @property
    def image_uri(self) -> str:
        """Reference of the picture by content."""
        return f"asset:sha256:{self.image_sha256}"

    @property
    def stated(self) -> Stated:
        """What the creative says of its product's offer, as far as its lineage knows."""
        return stated_in(self.lineage)


def creative_id_of(draft: Draft, image_sha256: str) -> str:
    """The identity: `house-FORMAT` for house creatives, else `c-` + 20 hex digits of a hash of all that a shopper sees.

    A drawn picture is identified by its recipe. Another version of the drawing library may give slightly different
    pixels, and must not turn the old creatives into new ones.
    """
    if not draft.product_id:
        return f"house-{draft.format}"
    picture = draft.recipe or image_sha256
    seen = [draft.product_id, draft.format, draft.headline, draft.body, draft.call_to_action, draft.made_by, picture]
    return f"c-{hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:20]}"


def finished(
    drafts: Sequence[Draft], image_sha256s: Sequence[str], encode: TextEncoder, created_at: datetime
) -> tuple[Creative, ...]:
    """The drafts as creatives, with identity and text embedding."""
    if not drafts:
        return ()
    embeddings = np.asarray(encode([draft.headline for draft in drafts]), dtype=np.float64)
    return tuple(
        Creative(
            creative_id=creative_id_of(draft, image),
            product_id=draft.product_id,
            format=draft.format,
            headline=draft.headline,
            body=draft.body,
            call_to_action=draft.call_to_action,
            approved_by=draft.approved_by,
            ai_generated=draft.ai_generated,
            made_by=draft.made_by,
            created_at=created_at,
            image_sha256=image,
            text_embedding=embedding,
            lineage=dict(draft.lineage),
            state="APPROVED" if draft.approved_by else "DRAFT",
        )
        for draft, image, embedding in zip(drafts, image_sha256s, embeddings, strict=True)
    )
