"""What the drill withdraws: ads of products and campaigns of its own, and the messages that end them; pure.

A group has one ad for each kind of end, and a format that no other ad has. So one request that asks for all ads of the
format shows every ad of the group that may be served, whatever the policy prefers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
from protos.gen.adloom.catalogue.v1.product_pb2 import IN_STOCK, OUT_OF_STOCK, Product
from services.assets.creative import Creative
from services.catalogue.offer import Price
from services.catalogue.ports import Change
from services.catalogue.product_messages import record_of
from services.common.verdict import STAND_IN
from services.wire.codec.envelope import Record

CLICK_BUDGET: Final = 2
_PRICE_MINOR: Final = 2_900
_FIRST_WIDTH: Final = 300


class Kind(Enum):
    """How an ad ends."""

    PRICE = "price changed"
    SOLD_OUT = "sold out"
    DELETED = "product deleted"
    PAUSED = "campaign paused"
    ENDED = "campaign's end reached"
    CLICKS = "click budget reached"


OF_PRODUCT: Final = (Kind.PRICE, Kind.SOLD_OUT, Kind.DELETED)


@dataclass(frozen=True, slots=True)
class Target:
    """One ad, which ends once."""

    kind: Kind
    group: int

    @property
    def name(self) -> str:
        """Unique among all targets."""
        return f"{self.kind.name.lower()}-{self.group:03}"

    @property
    def product_id(self) -> str:
        """Its product, which has no other ad."""
        return f"p-{self.name}"

    @property
    def creative_id(self) -> str:
        """The ad."""
        return f"c-{self.name}"

    @property
    def campaign_id(self) -> str:
        """The campaign that names the ad; empty where none does."""
        return "" if self.kind in OF_PRODUCT else f"k-{self.name}"


def group_of(number: int) -> tuple[Target, ...]:
    """The ads of one group."""
    return tuple(Target(kind, number) for kind in Kind)


def format_of(group: int) -> str:
    """The format of a group.

    >>> format_of(7)
    '307x250'
    """
    return f"{_FIRST_WIDTH + group}x250"


def product_of(product_id: str) -> Product:
    """A product on sale."""
    return Product(
        product_id=product_id,
        title=f"Linen {product_id}",
        price_minor=_PRICE_MINOR,
        currency="EUR",
        product_type="coat",
        availability=IN_STOCK,
    )


def creative_of(creative_id: str, product_id: str, format_: str, now: datetime) -> Creative:
    """An approved ad that states the product's price."""
    return Creative(
        creative_id=creative_id,
        product_id=product_id,
        format=format_,
        headline=f"Linen {product_id}",
        body="",
        call_to_action="Look",
        approved_by="drill",
        ai_generated=False,
        made_by="",
        created_at=now,
        image_sha256="0" * 64,  # requests ask for references, not for the picture
        lineage={},
        state="APPROVED",
        price=Price(_PRICE_MINOR, "EUR"),
        verdict=STAND_IN,
    )


def campaign_of(target: Target, now: datetime) -> Campaign:
    """The target's campaign as it is at first: it runs."""
    campaign = Campaign(campaign_id=target.campaign_id, product_ids=[target.product_id])
    campaign.created_at.FromDatetime(now)
    if target.kind is Kind.CLICKS:
        campaign.click_budget = CLICK_BUDGET
    return campaign


def ending_record(target: Target, now: datetime) -> Record:
    """The message on `ad.products` that ends the ad."""
    product = product_of(target.product_id)
    if target.kind is Kind.PRICE:
        product.price_minor += 100
    if target.kind is Kind.SOLD_OUT:
        product.availability = OUT_OF_STOCK
    change = Change(target.product_id, None if target.kind is Kind.DELETED else product)
    return record_of(change, "ended", now)
