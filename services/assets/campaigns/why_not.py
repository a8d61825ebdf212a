"""Why a creative may be served to a request, or may not: every rule with its answer; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from services.assets.campaigns.ports import Counts
from services.assets.campaigns.rules import (
    BUDGET_RULES,
    CREATIVE_RULES,
    TIME_RULES,
    VISIT_RULES,
    Ad,
    Finding,
    Visit,
    findings,
    names,
)
from services.assets.campaigns.spending.pacing import allowance
from services.assets.campaigns.status import NOTHING
from services.assets.campaigns.terms import Terms
from services.assets.creative import Creative
from services.assets.language import language_of_ad, primary
from services.catalogue.offers import Offers
from services.common.clock import to_ms

_ENDED: Final = {
    "gone": "its product is gone",
    "out_of_stock": "its product is sold out",
    "price": "its product costs something else than it shows",
    "sale": "the sale that it names is over, or ends at another time",
    "stock": "more pieces are in stock than it says",
    "rating": "its product is rated otherwise than it says",
}


@dataclass(frozen=True, slots=True)
class Question:
    """May it be served here and now?"""

    format: str
    visit: Visit
    now_ms: int
    offers: Offers
    counts: Mapping[str, Counts]  # by counter
    languages: Mapping[str, str] = field(default_factory=dict)  # that rows of products say, by product


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it may, and what each rule says; the rules of a campaign come with its name."""

    eligible: bool
    rules: list[tuple[str, Finding]]


def why_not(
    creative: Creative, campaigns: Sequence[Terms], question: Question, others: Callable[[], Iterable[Creative]]
) -> Answer:
    """The answer; `others`, all creatives of the format, are looked at only where one of them might win."""
    own = [*own_rules(creative, question), language_rule(creative, question, others)]
    naming = [terms for terms in campaigns if names(terms, ad_of(creative, question.offers))]
    by_campaign = {terms.campaign_id: campaign_rules(creative, terms, question) for terms in naming}
    holding = [terms for terms in naming if all(one.holds for one in by_campaign[terms.campaign_id])]
    rules = [("", one) for one in own]
    rules += [(campaign_id, one) for campaign_id, some in by_campaign.items() for one in some]
    if not naming:
        rules.append(("", Finding("campaign", True, "no campaign names it: it is served at any time, with priority 0")))
    elif not holding:
        rules.append(
            ("", Finding("campaign", False, f"of {', '.join(by_campaign)}, which name it, none has all its rules hold"))
        )
    else:
        rules.append(("", Finding("campaign", True, f"it is served in {min(holding, key=_order).campaign_id}")))
    priority = max((terms.campaign.priority for terms in holding), default=0)
    rules.append(("", _priority(priority, campaigns, question, others)))
    ruled = [one for campaign_id, one in rules if not campaign_id]
    return Answer(all(one.holds for one in ruled), rules)


def own_rules(creative: Creative, question: Question) -> list[Finding]:
    """What the creative and its product decide, whatever campaigns say."""
    now_ms = question.now_ms
    starts_ms = None if creative.starts_at is None else to_ms(creative.starts_at)
    ends_ms = None if creative.ends_at is None else to_ms(creative.ends_at)
    ended = question.offers.why_ended(creative.product_id, creative.stated, now_ms) if creative.product_id else ""
    approved = f"it is {creative.state}" + (f", by {creative.approved_by}" if creative.approved_by else "")
    is_due = (starts_ms is None or starts_ms <= now_ms) and (ends_ms is None or now_ms < ends_ms)
    dates = f"it begins {creative.starts_at or 'at once'} and ends {creative.ends_at or 'never'}"
    return [
        Finding("screened", creative.verdict is not None, _screened(creative)),
        Finding("approved", creative.state == "APPROVED" and bool(creative.approved_by), approved),
        Finding("dates", is_due, dates),
        Finding("product", not ended, _ENDED.get(ended, "its product is offered as it says")),
        Finding("size", creative.format == question.format, f"it has {creative.format}; asked is {question.format}"),
    ]


def _screened(creative: Creative) -> str:
    """What its screen found, and who overruled it."""
    if creative.verdict is None:
        return "it was not screened yet"
    by = creative.approved_by
    overruled = f"; {by} overruled it" if by else "; nobody has overruled it"
    return f"{creative.verdict.failed}{overruled}" if creative.verdict.failed else "it passed its screen"


def language_rule(creative: Creative, question: Question, others: Callable[[], Iterable[Creative]]) -> Finding:
    """Whether it speaks the language of the page; where nothing in the format does, everything may be served."""
    asked, spoken = primary(question.visit.locale), _spoken(creative, question)
    if not asked:
        return Finding("language", True, "the request names no language")
    if not spoken:
        unknown = "its product's row does not show its language" if creative.product_id else "it shows no product"
        return Finding("language", True, f"{unknown}, so it speaks to everybody")
    because = f"it speaks {spoken!r}; asked is {asked!r}"
    if spoken == asked:
        return Finding("language", True, because)
    speaking = (one for one in others() if _spoken(one, question) == asked)
    served = (one.creative_id for one in speaking if all(rule.holds for rule in own_rules(one, question)))
    found = next(served, "")
    if not found:
        return Finding("language", True, f"{because}, which no ad in {question.format} speaks")
    return Finding("language", False, f"{because}, which {found} speaks")


def _spoken(creative: Creative, question: Question) -> str:
    return language_of_ad(creative, question.languages.get(creative.product_id, ""))


def campaign_rules(creative: Creative, terms: Terms, question: Question) -> list[Finding]:
    """What the rules of one campaign say."""
    counts = question.counts.get(terms.counter, NOTHING)
    spent = allowance(terms, question.now_ms, counts.impressions, counts.clicks)
    return [
        *findings(CREATIVE_RULES, terms, ad_of(creative, question.offers)),
        *findings(TIME_RULES, terms, question.now_ms),
        *findings(VISIT_RULES, terms, question.visit),
        *findings(BUDGET_RULES, terms, spent),
    ]


def ad_of(creative: Creative, offers: Offers) -> Ad:
    """The creative as rules see it."""
    texts = "\n".join((creative.headline, creative.body, creative.call_to_action))
    product_type = offers.product_type(creative.product_id)
    campaign_ids = tuple(creative.campaign_ids)
    return Ad(creative.creative_id, creative.product_id, creative.format, product_type, texts, campaign_ids)


def _priority(
    priority: int, campaigns: Sequence[Terms], question: Question, others: Callable[[], Iterable[Creative]]
) -> Finding:
    higher = [terms for terms in campaigns if terms.campaign.priority > priority]
    for creative in others() if higher else ():
        if not all(one.holds for one in own_rules(creative, question)):
            continue
        ad = ad_of(creative, question.offers)
        for terms in higher:
            if (
                names(terms, ad)
                and all(one.holds for one in campaign_rules(creative, terms, question))
                and language_rule(creative, question, others).holds
            ):
                because = f"{terms.campaign_id}, of priority {terms.campaign.priority}, serves {creative.creative_id}"
                return Finding("priority", False, f"{because}; this one has priority {priority}")
    return Finding("priority", True, f"no campaign of a higher priority than {priority} serves anything here")


def _order(terms: Terms) -> tuple[int, bool, float, str]:
    return terms.order


def seen_as(visit: Visit, seen: Mapping[str, int], countable: bool) -> Visit:
    """The visit of a shopper whom caps leave so much."""
    return replace(visit, seen=seen, countable=countable)
