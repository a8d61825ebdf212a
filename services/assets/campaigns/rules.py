"""Every rule of a campaign, each with its name and its reason in words: the index asks whether they hold, and `adloom
why-not` prints them. One table serves both, so they cannot differ; pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from services.assets.campaigns.terms import Levels, Terms, levels_of
from services.common.clock import from_ms

Facts = TypeVar("Facts")


@dataclass(frozen=True, slots=True)
class Ad:
    """What rules ask of a creative."""

    creative_id: str
    product_id: str  # empty where it shows none
    format: str
    product_type: str = ""
    texts: str = ""  # all of them, a line each
    campaign_ids: tuple[str, ...] = ()  # those that it says it is for


@dataclass(frozen=True, slots=True)
class Visit:
    """What rules ask of a request for one placement."""

    placement_id: str
    page: str = ""
    device: str = ""
    locale: str = ""
    segment: str = ""
    seen: Mapping[str, int] = field(default_factory=dict)  # campaign -> impressions that its caps leave the shopper
    countable: bool = True  # False: nobody knows who the shopper is, or may count what was seen


@dataclass(frozen=True, slots=True)
class Spent:
    """What a campaign has spent, and what it may have spent by now; None: it has no such budget."""

    impressions: int = 0
    clicks: int = 0
    impressions_allowed: int | None = None
    clicks_allowed: int | None = None


@dataclass(frozen=True, slots=True)
class Rule(Generic[Facts]):
    """One rule: whether it holds, and why, in words that fit both answers."""

    name: str
    holds: Callable[[Terms, Facts], bool]
    because: Callable[[Terms, Facts], str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a rule for one creative and one request."""

    rule: str
    holds: bool
    because: str


def findings(rules: tuple[Rule[Facts], ...], terms: Terms, facts: Facts) -> list[Finding]:
    """Each rule's answer, in order."""
    return [Finding(rule.name, rule.holds(terms, facts), rule.because(terms, facts)) for rule in rules]


def all_hold(rules: tuple[Rule[Facts], ...], terms: Terms, facts: Facts) -> bool:
    """Whether all of them hold; costs no words."""
    return all(rule.holds(terms, facts) for rule in rules)


def is_house(creative_id: str) -> bool:
    """Whether it is a house creative, which fills what is left and which no campaign names."""
    return creative_id.startswith("house-")


def names(terms: Terms, ad: Ad) -> bool:
    """Whether the campaign names the creative: by itself, its product, its category, or in the creative's own list."""
    if is_house(ad.creative_id):
        return False
    named = ad.creative_id in terms.creative_ids or terms.campaign_id in ad.campaign_ids
    return named or (ad.product_id in terms.product_ids) or is_within(levels_of(ad.product_type), terms)


def is_within(levels: Levels, terms: Terms) -> bool:
    """Whether a category, or one that it lies in, is among the campaign's."""
    return any(levels[:depth] in terms.product_types for depth in range(1, len(levels) + 1))


def hour_of(terms: Terms, now_ms: int) -> int:
    """The hour of the day in the campaign's zone."""
    return from_ms(now_ms).astimezone(terms.zone).hour


def next_change_ms(terms: Terms, now_ms: int) -> int | None:
    """The next moment at which a rule of time may change by itself."""
    moments = [at for at in (terms.begins_ms, terms.ends_ms) if at is not None and at > now_ms]
    if terms.hours:
        local = from_ms(now_ms).astimezone(terms.zone)
        past_hour = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        moments.append(now_ms + (timedelta(hours=1) - past_hour) // timedelta(milliseconds=1) + 1)
    return min(moments, default=None)


def _among(value: str, wanted: frozenset[str], what: str) -> str:
    return f"{what} is {value!r}; it serves {_list(wanted)}" if wanted else f"it serves every {what}"


def _list(values: frozenset[str] | frozenset[int]) -> str:
    shown = sorted(map(str, values))
    return ", ".join(shown[:_SHOWN]) + (f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else "")


def _speaks(terms: Terms, visit: Visit) -> bool:
    if not terms.languages:
        return True
    parts = visit.locale.replace("_", "-").casefold().split("-")
    return any("-".join(parts[:depth]) in terms.languages for depth in range(1, len(parts) + 1))


def _blocked_page(terms: Terms, visit: Visit) -> bool:
    whole, begins = terms.blocked_pages
    return visit.page in whole or bool(begins and visit.page.startswith(begins))


def _under_caps(terms: Terms, visit: Visit) -> bool:
    return not terms.caps or (visit.countable and visit.seen.get(terms.campaign_id, 0) > 0)


def _words_of_caps(terms: Terms, visit: Visit) -> str:
    if not terms.caps:
        return "it has no frequency caps"
    caps = " and ".join(f"{cap.impressions} in {cap.within_ms // 1000} s" for cap in terms.caps)
    if not visit.countable:
        return f"at most {caps} for one shopper, and this one cannot be counted: no user id, or it is refused"
    left = visit.seen.get(terms.campaign_id)
    return f"at most {caps} for one shopper" + ("" if left is None else f"; {left} are left for this one")


def _words_of_texts(terms: Terms, ad: Ad) -> str:
    found = terms.blocked_words.search(ad.texts)
    return f"its texts say {found[0]!r}" if found else "its texts have no blocked word"


def _moment(ms: int | None) -> str:
    return "never" if ms is None else _text(from_ms(ms))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _words_of_pause(terms: Terms, now_ms: int) -> str:
    campaign = terms.campaign
    by = f" by {campaign.changed_by}" if campaign.changed_by else ""
    why = f": {campaign.changed_why}" if campaign.changed_why else ""
    return f"it is paused{by}{why}" if campaign.paused else "it is not paused"


def _within(spent: int, allowed: int | None) -> bool:
    return allowed is None or spent < allowed


def _words_of_budget(spent: int, allowed: int | None, budget: int | None, what: str) -> str:
    if budget is None or allowed is None:
        return f"it has no budget of {what}"
    return f"{spent} of {budget} {what} are spent; {allowed} may be by now"


_SHOWN: Final = 5

CREATIVE_RULES: Final[tuple[Rule[Ad], ...]] = (
    Rule(
        "format",
        lambda t, ad: not t.formats or ad.format in t.formats,
        lambda t, ad: _among(ad.format, t.formats, "format"),
    ),
    Rule(
        "blocked_product",
        lambda t, ad: ad.product_id not in t.blocked_products,
        lambda t, ad: f"{ad.product_id} is {'' if ad.product_id in t.blocked_products else 'not '}blocked",
    ),
    Rule("blocked_words", lambda t, ad: not t.blocked_words.search(ad.texts), _words_of_texts),
)
"""Rules that the creative alone decides."""

TIME_RULES: Final[tuple[Rule[int], ...]] = (
    Rule("paused", lambda t, now_ms: not t.campaign.paused, _words_of_pause),
    Rule("begun", lambda t, now_ms: t.begins_ms <= now_ms, lambda t, now_ms: f"it begins {_moment(t.begins_ms)}"),
    Rule(
        "not_ended",
        lambda t, now_ms: t.ends_ms is None or now_ms < t.ends_ms,
        lambda t, now_ms: f"it ends {_moment(t.ends_ms)}",
    ),
    Rule(
        "hours",
        lambda t, now_ms: not t.hours or hour_of(t, now_ms) in t.hours,
        lambda t, now_ms: (
            f"it is hour {hour_of(t, now_ms)} in {t.zone.key}; it runs in {_list(t.hours)}"
            if t.hours
            else "it runs all day"
        ),
    ),
)
"""Rules that the time alone decides, in milliseconds since 1970."""

VISIT_RULES: Final[tuple[Rule[Visit], ...]] = (
    Rule(
        "placement",
        lambda t, visit: not t.placements or visit.placement_id in t.placements,
        lambda t, visit: _among(visit.placement_id, t.placements, "placement"),
    ),
    Rule(
        "blocked_page",
        lambda t, visit: not _blocked_page(t, visit),
        lambda t, visit: f"page {visit.page!r} is {'' if _blocked_page(t, visit) else 'not '}blocked",
    ),
    Rule(
        "segment",
        lambda t, visit: not t.segments or visit.segment in t.segments,
        lambda t, visit: _among(visit.segment, t.segments, "segment"),
    ),
    Rule(
        "device",
        lambda t, visit: not t.devices or visit.device in t.devices,
        lambda t, visit: _among(visit.device, t.devices, "device"),
    ),
    Rule("language", _speaks, lambda t, visit: _among(visit.locale, t.languages, "language")),
    Rule("frequency_cap", _under_caps, _words_of_caps),
)
"""Rules that the request decides."""

BUDGET_RULES: Final[tuple[Rule[Spent], ...]] = (
    Rule(
        "impression_budget",
        lambda t, spent: _within(spent.impressions, spent.impressions_allowed),
        lambda t, spent: _words_of_budget(
            spent.impressions, spent.impressions_allowed, t.impression_budget, "impressions"
        ),
    ),
    Rule(
        "click_budget",
        lambda t, spent: _within(spent.clicks, spent.clicks_allowed),
        lambda t, spent: _words_of_budget(spent.clicks, spent.clicks_allowed, t.click_budget, "clicks"),
    ),
)
"""Rules that decide by what was spent."""
