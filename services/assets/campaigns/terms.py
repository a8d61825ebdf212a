"""A campaign in the form in which its rules are asked: sets, moments in milliseconds, patterns; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from protos.gen.adloom.campaigns.v1 import campaign_pb2 as pb

Levels = tuple[str, ...]
"""A category by its levels, outermost first, without regard to case."""

_SEPARATOR = ">"
_NONE = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many impressions for one shopper within so long before each."""

    impressions: int
    within_ms: int


def left_by(caps: Sequence[Cap], seen_ms: Sequence[int], now_ms: int) -> int:
    """How many more impressions the caps leave a shopper who has had some at these moments.

    >>> left_by([Cap(3, 1_000), Cap(4, 60_000)], [1, 2, 59_500, 59_600], 60_000)
    0
    >>> left_by([Cap(3, 1_000)], [1, 2, 59_500, 59_600], 60_000)
    1
    """
    lefts = (cap.impressions - sum(at > now_ms - cap.within_ms for at in seen_ms) for cap in caps)
    return max(min(lefts), 0)


@dataclass(frozen=True)  # without slots: patterns are made once they are needed
class Terms:
    """What a campaign says; its key names its counters, so a campaign that begins anew is counted anew."""

    campaign: pb.Campaign
    begins_ms: int  # counted from then on: its begin, but not before anybody knew it
    ends_ms: int | None
    zone: ZoneInfo
    product_ids: frozenset[str]
    product_types: frozenset[Levels]
    creative_ids: frozenset[str]
    formats: frozenset[str]
    placements: frozenset[str]
    hours: frozenset[int]
    caps: tuple[Cap, ...]
    segments: frozenset[str]
    devices: frozenset[str]
    languages: frozenset[str]
    blocked_products: frozenset[str]
    impression_budget: int | None
    click_budget: int | None

    @property
    def campaign_id(self) -> str:
        """The campaign's identity."""
        return self.campaign.campaign_id

    @property
    def is_limited(self) -> bool:
        """Whether it has a budget."""
        return self.impression_budget is not None or self.click_budget is not None

    @property
    def spends_evenly(self) -> bool:
        """Whether its budget is spent in proportion to time."""
        return self.campaign.pacing != pb.PACING_ASAP and self.ends_ms is not None

    @property
    def counter(self) -> str:
        """The name of its counters."""
        return f"{self.campaign_id}@{self.begins_ms}"

    @cached_property
    def choice(self) -> tuple[object, ...]:
        """All that decides which creatives it serves."""
        blocked = (self.blocked_products, tuple(self.campaign.blocked_words))
        return self.product_ids, self.product_types, self.creative_ids, self.formats, *blocked

    @property
    def order(self) -> tuple[int, bool, float, str]:
        """Of several campaigns that could serve a creative the first serves it: by priority, a limited one, which ends
        soonest, so that budgets are spent before unlimited campaigns take their impressions."""
        ends = float("inf") if self.ends_ms is None else self.ends_ms
        return -self.campaign.priority, not self.is_limited, ends, self.campaign_id

    @cached_property
    def blocked_words(self) -> re.Pattern[str]:
        """Finds a word that its creatives may not have; words are whole ones, without regard to case."""
        words = [re.escape(word.strip()) for word in self.campaign.blocked_words if word.strip()]
        return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE) if words else _NONE

    @cached_property
    def blocked_pages(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """Pages on which it is not served, and what such pages begin with."""
        pages = self.campaign.blocked_pages
        whole = frozenset(page for page in pages if not page.endswith("*"))
        return whole, tuple(page[:-1] for page in pages if page.endswith("*"))


def levels_of(product_type: str) -> Levels:
    """The levels of a product type.

    >>> levels_of("Clothing > Dresses >  Maxi ")
    ('clothing', 'dresses', 'maxi')
    """
    return tuple(level for part in product_type.split(_SEPARATOR) if (level := " ".join(part.split()).casefold()))


def terms_of(campaign: pb.Campaign, appended_ms: int) -> Terms:
    """The terms of a checked campaign; `appended_ms` is when its message was appended.

    Raises `ZoneInfoNotFoundError` (a `KeyError`) or `ValueError` for a zone that there is not.
    """
    created_ms = campaign.created_at.ToMilliseconds() if campaign.HasField("created_at") else None
    starts_ms = campaign.starts_at.ToMilliseconds() if campaign.HasField("starts_at") else None
    known = [moment for moment in (created_ms, starts_ms) if moment is not None]
    return Terms(
        campaign=campaign,
        begins_ms=max(known, default=appended_ms),
        ends_ms=campaign.ends_at.ToMilliseconds() if campaign.HasField("ends_at") else None,
        zone=ZoneInfo(campaign.time_zone or "UTC"),
        product_ids=frozenset(campaign.product_ids),
        product_types=frozenset(levels_of(name) for name in campaign.product_types) - {()},
        creative_ids=frozenset(campaign.creative_ids),
        formats=frozenset(campaign.formats),
        placements=frozenset(campaign.placements),
        hours=frozenset(campaign.hours),
        caps=tuple(Cap(cap.impressions, cap.within_s * 1000) for cap in campaign.frequency_caps),
        segments=frozenset(campaign.segments),
        devices=frozenset(campaign.devices),
        languages=frozenset(name.replace("_", "-").casefold() for name in campaign.languages),
        blocked_products=frozenset(campaign.blocked_product_ids),
        impression_budget=campaign.impression_budget if campaign.HasField("impression_budget") else None,
        click_budget=campaign.click_budget if campaign.HasField("click_budget") else None,
    )
