"""`why-not` says of every rule whether it holds and why, and agrees with what is served."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign, FrequencyCap
from services.assets.campaigns.ports import Counts
from services.assets.campaigns.rules import Visit
from services.assets.campaigns.terms import Terms, terms_of
from services.assets.campaigns.why_not import Answer, Question, why_not
from services.assets.creative import Creative
from services.catalogue.offer import Offer, Price
from services.catalogue.offers import Offers
from services.common.clock import to_ms
from services.common.verdict import STAND_IN
from services.wire.codec.envelope import Position

NOW = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
EUR = Price(2900, "EUR")
OFFER = Offer(True, EUR)
CREATIVE = Creative(
    creative_id="c-1",
    product_id="tee",
    format="300x250",
    headline="Warm wool",
    body="",
    call_to_action="Look",
    approved_by="mara",
    ai_generated=False,
    made_by="",
    created_at=NOW,
    image_sha256="",
    lineage={},
    state="APPROVED",
    verdict=STAND_IN,
    price=EUR,
)
VISIT = Visit("top", "cart/2", "phone", "de-AT", "buyer")


def campaign(campaign_id: str = "spring", **fields: Any) -> Terms:
    given: dict[str, Any] = {"product_ids": ["tee"], "created_at": NOW - timedelta(days=1)} | fields
    return terms_of(Campaign(campaign_id=campaign_id, **given), 0)


def asked(*campaigns: Terms, creative: Creative = CREATIVE, offer: Offer = OFFER, **fields: Any) -> Answer:
    offers = Offers()
    offers.apply("tee", offer, Position(0, 0, 0), to_ms(NOW))
    question = Question("300x250", VISIT, to_ms(NOW), offers, {})
    return why_not(creative, campaigns, replace(question, **fields), lambda: [replace(CREATIVE, creative_id="c-2")])


def wrong(answer: Answer) -> dict[str, str]:
    return {f"{name}: {one.rule}" if name else one.rule: one.because for name, one in answer.rules if not one.holds}


def test_a_creative_that_no_campaign_names_is_served_at_any_time() -> None:
    answer = asked()
    assert (answer.eligible, wrong(answer)) == (True, {})


OWN = {
    "approved": ({"creative": replace(CREATIVE, state="PAUSED")}, "it is PAUSED, by mara"),
    "dates": ({"creative": replace(CREATIVE, ends_at=NOW)}, "ends 2026-11-28 12:30:00+00:00"),
    "product": ({"offer": Offer(True, Price(1900, "EUR"))}, "costs something else"),
    "size": ({"format": "728x90"}, "it has 300x250; asked is 728x90"),
}


@pytest.mark.parametrize(("rule", "given", "words"), [(rule, *of) for rule, of in OWN.items()], ids=OWN)
def test_what_the_creative_itself_decides(rule: str, given: dict[str, Any], words: str) -> None:
    answer = asked(**given)
    assert not answer.eligible
    assert list(wrong(answer)) == [rule]
    assert words in wrong(answer)[rule]


OF_CAMPAIGNS: dict[str, tuple[dict[str, Any], str]] = {
    "format": ({"formats": ["728x90"]}, "format is '300x250'; it serves 728x90"),
    "blocked_product": ({"blocked_product_ids": ["tee"]}, "tee is blocked"),
    "blocked_words": ({"blocked_words": ["WOOL"]}, "its texts say 'wool'"),
    "paused": ({"paused": True, "changed_by": "mara", "changed_why": "sold"}, "it is paused by mara: sold"),
    "begun": ({"starts_at": NOW + timedelta(hours=1)}, "it begins 2026-11-28T13:30:00Z"),
    "not_ended": ({"ends_at": NOW}, "it ends 2026-11-28T12:30:00Z"),
    "hours": ({"hours": [12], "time_zone": "Europe/Berlin"}, "it is hour 13 in Europe/Berlin; it runs in 12"),
    "placement": ({"placements": ["side"]}, "placement is 'top'; it serves side"),
    "blocked_page": ({"blocked_pages": ["cart*"]}, "page 'cart/2' is blocked"),
    "segment": ({"segments": ["looking"]}, "segment is 'buyer'; it serves looking"),
    "device": ({"devices": ["desktop"]}, "device is 'phone'; it serves desktop"),
    "language": ({"languages": ["en"]}, "language is 'de-AT'; it serves en"),
    "frequency_cap": ({"frequency_caps": [FrequencyCap(impressions=2, within_s=60)]}, "at most 2 in 60 s"),
    "impression_budget": ({"impression_budget": 5}, "5 of 5 impressions are spent"),
    "click_budget": ({"click_budget": 2}, "2 of 2 clicks are spent"),
}


@pytest.mark.parametrize(
    ("rule", "fields", "words"), [(rule, *of) for rule, of in OF_CAMPAIGNS.items()], ids=OF_CAMPAIGNS
)
def test_what_a_campaign_decides(rule: str, fields: dict[str, Any], words: str) -> None:
    terms = campaign(**fields)
    answer = asked(terms, counts={terms.counter: Counts(5, 5, 2)})
    assert not answer.eligible
    assert list(wrong(answer)) == [f"spring: {rule}", "campaign"]
    assert words in wrong(answer)[f"spring: {rule}"]


def test_one_campaign_whose_rules_all_hold_is_enough() -> None:
    answer = asked(campaign(paused=True), campaign("other"))
    assert answer.eligible
    assert list(wrong(answer)) == ["spring: paused"]


def test_a_campaign_of_higher_priority_that_serves_something_else_wins() -> None:
    answer = asked(campaign(priority=1), campaign("high", priority=2, product_ids=[], creative_ids=["c-2"]))
    assert wrong(answer) == {"priority": "high, of priority 2, serves c-2; this one has priority 1"}


@pytest.mark.parametrize(
    ("locale", "own", "said", "holds", "because"),
    [
        ("", "tee", "zh", True, "the request names no language"),
        ("en-GB", "", "zh", True, "it shows no product, so it speaks to everybody"),
        ("en-GB", "tee", "und", True, "it speaks 'en'; asked is 'en'"),
        ("zh-TW", "tee", "zh-Hans", True, "it speaks 'zh'; asked is 'zh'"),
        ("fr", "tee", "zh", True, "it speaks 'zh'; asked is 'fr', which no ad in 300x250 speaks"),
        ("en-GB", "tee", "zh", False, "it speaks 'zh'; asked is 'en', which c-2 speaks"),
    ],
)
def test_the_language_of_the_page(locale: str, own: str, said: str, holds: bool, because: str) -> None:
    languages, other = {"tee": said, "coat": "en"}, replace(CREATIVE, creative_id="c-2", product_id="coat")
    offers = Offers()
    for product_id in ("tee", "coat"):
        offers.apply(product_id, OFFER, Position(0, 0, 0), to_ms(NOW))
    question = Question("300x250", replace(VISIT, locale=locale), to_ms(NOW), offers, {}, languages)
    answer = why_not(replace(CREATIVE, product_id=own), [], question, lambda: [other])
    (found,) = (one for _, one in answer.rules if one.rule == "language")
    assert (answer.eligible, found.holds, found.because) == (holds, holds, because)


def test_an_ad_that_shows_no_language_speaks_to_everybody() -> None:
    question = Question("300x250", replace(VISIT, locale="fr"), to_ms(NOW), Offers(), {}, {"tee": "und"})
    named = replace(CREATIVE, headline="Nuvola Breeze", call_to_action="→")
    (found,) = (one for _, one in why_not(named, [], question, list).rules if one.rule == "language")
    assert (found.holds, found.because) == (
        True, "its product's row does not show its language, so it speaks to everybody"
    )  # fmt: skip


def test_a_campaign_of_higher_priority_does_not_win_with_ads_in_another_language() -> None:
    high = campaign("high", priority=2, product_ids=["kleid"], creative_ids=[])
    foreign = replace(CREATIVE, creative_id="c-2", product_id="kleid")
    offers = Offers()
    for product_id in ("tee", "kleid"):
        offers.apply(product_id, OFFER, Position(0, 0, 0), to_ms(NOW))
    question = Question("300x250", replace(VISIT, locale="en"), to_ms(NOW), offers, {}, {"kleid": "de"})
    answer = why_not(CREATIVE, [high], question, lambda: [CREATIVE, foreign])
    assert (answer.eligible, wrong(answer)) == (True, {})
