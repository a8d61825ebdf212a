"""A creative: an ad for a product, or for a page of the shop, in one format, with its lineage."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.assets.life import LifeEvent, State
from services.assets.stated import stated_in
from services.catalogue.offer import Price, Stated
from services.common.verdict import Verdict
from services.models.text_encoder.text_vector import TextVector

HOUSE: Final = "house-"
"""How the ids of house creatives begin, and no other creative's."""

WANTED_BY: Final = "wanted_by"
"""The entry of the lineage for who wanted it served when its screen refused it."""

PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
EXTENSIONS: Final[Mapping[str, str]] = {PNG: "png", JPEG: "jpg", "image/webp": "webp", "image/gif": "gif"}
"""Kinds of pictures, with the extension of each; the likeliest first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A creative before it is added to the library."""

    product_id: str  # empty where it advertises no product
    format: str
    headline: str
    body: str
    call_to_action: str
    approved_by: str = ""  # empty: it is not served (law 9); without a verdict that passes nobody is taken
    ai_generated: bool = False
    made_by: str = ""  # model that made the picture, "creative_generator/1"
    lineage: Mapping[str, str] = field(default_factory=dict)
    recipe: str = ""  # of a picture that can be drawn again; empty: the picture is identified by its bytes
    link: str = ""  # where a click leads; empty: to the product's page
    price: Price | None = None  # that the picture shows
    starts_at: datetime | None = None  # UTC; None: at once
    ends_at: datetime | None = None  # UTC; None: it has no end
    campaign_ids: Sequence[str] = ()
    elements: Mapping[str, str] = field(default_factory=dict)  # what it is made of, by name
    verdict: Verdict | None = None
    media_type: str = PNG


@dataclass(frozen=True, slots=True)
class Creative:
    """A creative as the library knows it."""

    creative_id: str
    product_id: str  # empty for house creatives, and for those that lead to a page of their own
    format: str
    headline: str
    body: str
    call_to_action: str
    approved_by: str  # empty: it is not served
    ai_generated: bool
    made_by: str
    created_at: datetime  # UTC, when it entered the library
    image_sha256: str  # empty where the picture was not drawn
    lineage: Mapping[str, str]
    state: State = "DRAFT"  # only an APPROVED one is served
    media_type: str = PNG
    link: str = ""  # where a click leads; empty: to the product's page
    price: Price | None = None  # that the picture shows
    starts_at: datetime | None = None  # UTC; None: at once
    ends_at: datetime | None = None  # UTC; None: it has no end
    campaign_ids: tuple[str, ...] = ()
    elements: Mapping[str, str] = field(default_factory=dict)  # what it is made of, by name
    verdict: Verdict | None = None  # None: it was not screened, and is not served
    life: tuple[LifeEvent, ...] = ()  # what was done with it since it was added, oldest first
    text_vector: TextVector | None = None  # of its headline; None: not computed yet

    @property
    def image_uri(self) -> str:
        """Reference of the picture by content."""
        return f"asset:sha256:{self.image_sha256}"

    @property
    def stated(self) -> Stated:
        """What the creative says of its product's offer, as far as is known."""
        return stated_in(self.lineage, self.price)

    @property
    def is_house(self) -> bool:
        """Whether it is a house creative: made from code, always there, and changed by nobody."""
        return self.creative_id.startswith(HOUSE)

    @property
    def is_refused(self) -> bool:
        """Whether a check failed that nobody has overruled."""
        return self.verdict is not None and not self.verdict.passes and not self.approved_by

    @property
    def is_approved(self) -> bool:
        """Whether somebody lets it be served, after its screen or, with a reason, in spite of it (law 9)."""
        return self.state == "APPROVED" and bool(self.approved_by) and (self.is_house or self.verdict is not None)

    def is_due(self, now: datetime) -> bool:
        """Whether `now` lies within its dates."""
        return (self.starts_at is None or self.starts_at <= now) and (self.ends_at is None or now < self.ends_at)


def creative_id_of(draft: Draft, image_sha256: str) -> str:
    """The identity: `c-` + 20 hex digits of a hash of all that a shopper sees and of where a click leads.

    A drawn picture is identified by its recipe. Another version of the drawing library may give slightly different
    pixels, and must not turn the old creatives into new ones.
    """
    picture = draft.recipe or image_sha256
    seen = [draft.product_id, draft.format, draft.headline, draft.body, draft.call_to_action, draft.made_by, picture]
    if draft.link:
        seen.append(draft.link)
    return f"c-{hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:20]}"


def finished(drafts: Sequence[Draft], image_sha256s: Sequence[str], created_at: datetime) -> tuple[Creative, ...]:
    """The drafts as creatives, with their identity."""
    return tuple(
        Creative(
            creative_id=creative_id_of(draft, image),
            product_id=draft.product_id,
            format=draft.format,
            headline=draft.headline,
            body=draft.body,
            call_to_action=draft.call_to_action,
            approved_by=_approver(draft),
            ai_generated=draft.ai_generated,
            made_by=draft.made_by,
            created_at=created_at,
            image_sha256=image,
            lineage={**draft.lineage, **_wish(draft)},
            state=_first_state(draft),
            media_type=draft.media_type,
            link=draft.link,
            price=draft.price,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            campaign_ids=tuple(draft.campaign_ids),
            elements=dict(draft.elements),
            verdict=draft.verdict,
        )
        for draft, image in zip(drafts, image_sha256s, strict=True)
    )


def _approver(draft: Draft) -> str:
    """Who approves; nobody where a check failed or none was made, which only a person overrules, with a reason."""
    return draft.approved_by if draft.verdict is not None and draft.verdict.passes else ""


def _wish(draft: Draft) -> dict[str, str]:
    """Kept, so that it is served once another screen passes it."""
    return {WANTED_BY: draft.approved_by} if draft.approved_by and not _approver(draft) else {}


def _first_state(draft: Draft) -> State:
    if _approver(draft):
        return "APPROVED"
    return "DRAFT" if draft.verdict is None else "SCREENED"
