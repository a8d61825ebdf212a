"""What a campaign must be; each fault names the campaign, the field, the value and what was expected; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final
from zoneinfo import available_timezones

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
from services.assets.campaigns.terms import terms_of
from services.common.errors import Rejected
from services.features.segments import SEGMENTS
from services.wire.codec.rules import check_fields

Known = Callable[[str], bool]

DEVICES: Final = ("phone", "tablet", "desktop")
_FORMAT: Final = re.compile(r"[1-9][0-9]{1,3}x[1-9][0-9]{1,3}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*", re.ASCII)
_CHOICES: Final[Mapping[str, tuple[Callable[[str], object], str]]] = {
    "formats": (_FORMAT.fullmatch, 'a size in pixels like "300x250"'),
    "segments": (SEGMENTS.__contains__, f"one of {', '.join(SEGMENTS)}"),
    "devices": (DEVICES.__contains__, f"one of {', '.join(DEVICES)}"),
    "languages": (_LANGUAGE.fullmatch, 'a language like "de" or "de-AT"'),
}


def check_all(campaigns: Iterable[Campaign], known_product: Known | None = None) -> None:
    """Raises `Rejected` for the first fault of the first campaign that has one, and for an id that occurs twice."""
    ids: set[str] = set()
    for number, campaign in enumerate(campaigns):
        where = f"campaigns[{number}]"
        if campaign.campaign_id in ids:
            raise Rejected("double_id", f"{where}.campaign_id", campaign.campaign_id, "an id that no other one has")
        ids.add(campaign.campaign_id)
        check_campaign(campaign, f"{where} ({campaign.campaign_id})" if campaign.campaign_id else where, known_product)


def check_campaign(campaign: Campaign, where: str = "", known_product: Known | None = None) -> None:
    """Raises `Rejected`; products are looked up where `known_product` is given."""
    try:
        check_fields(campaign)
        _check_texts(campaign)
        _check_choices(campaign)
        _check_time(campaign)
        if known_product is not None:
            _check_products(campaign, known_product)
    except Rejected as wrong:
        raise _placed(wrong, where) from wrong


def _check_texts(campaign: Campaign) -> None:
    campaign_id = campaign.campaign_id
    if campaign_id != campaign_id.strip() or not campaign_id.isprintable():
        raise Rejected("invalid", "campaign_id", campaign_id, "printable characters without spaces around them")
    for field, values in _lists(campaign).items():
        for number, value in enumerate(values):
            if not value.strip():
                raise Rejected("invalid", f"{field}[{number}]", value, "text")


def _lists(campaign: Campaign) -> Mapping[str, Iterable[str]]:
    names = ("product_ids", "product_types", "creative_ids", "placements")
    return {name: getattr(campaign, name) for name in (*names, "blocked_words", "blocked_pages", "blocked_product_ids")}


def _check_choices(campaign: Campaign) -> None:
    for field, (fits, expected) in _CHOICES.items():
        for number, value in enumerate(getattr(campaign, field)):
            if not fits(value):
                raise Rejected("invalid", f"{field}[{number}]", value, expected)


def _check_time(campaign: Campaign) -> None:
    if campaign.time_zone and campaign.time_zone not in available_timezones():
        raise Rejected("invalid", "time_zone", campaign.time_zone, 'a zone like "Europe/Berlin"')
    terms = terms_of(campaign, 0)
    starts_ms = campaign.starts_at.ToMilliseconds() if campaign.HasField("starts_at") else None
    if starts_ms is not None and terms.ends_ms is not None and terms.ends_ms <= starts_ms:
        end, begin = campaign.ends_at.ToJsonString(), campaign.starts_at.ToJsonString()
        raise Rejected("invalid", "ends_at", end, f"a moment after starts_at, {begin},")


def _check_products(campaign: Campaign, known: Known) -> None:
    for field in ("product_ids", "blocked_product_ids"):
        for number, product_id in enumerate(getattr(campaign, field)):
            if not known(product_id):
                raise Rejected("unknown_product", f"{field}[{number}]", product_id, "a product of the shop's catalogue")


def _placed(wrong: Rejected, where: str) -> Rejected:
    """The same fault, with the place of the campaign before the field."""
    placed = Rejected(wrong.reason, f"{where}.{wrong.field}" if where else wrong.field, None, wrong.expected)
    placed.shown = wrong.shown
    placed.args = (f"{where}.{wrong}" if where else str(wrong),)
    return placed
