"""Reasons are true: nothing personal is claimed where nothing personal was used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.events.v1 import impression_pb2
from services.creative.ad_request import Caller, Placement, ad_request_of
from services.creative.campaigns.at_request import no_campaigns
from services.creative.candidates.scoring_input import build_scoring_input, request_facts
from services.creative.fill_placement import fill_placement
from services.creative.ladder import fresh_rung
from services.creative.reasons import reasons
from services.creative.selection import Selection, UserContext
from services.features.profile import Profile
from tests.unit.creative.house import SECRETS, House, page

USED = "What you did in this shop was used for the choice."
NOT_USED = "What you did in this shop was not used for the choice."


@pytest.fixture
def selection(house: House) -> Iterator[Selection]:
    """A choice by thompson with a profile."""
    assembly = house.assembly()
    ad_request = ad_request_of(page(), "r-1", Caller(None), SECRETS.pseudonym_key, datetime.now(UTC))
    shopper = UserContext(Profile(), "browsing", from_profile=True, degraded=())
    placement = Placement("top", "300x250", 1)
    facts = request_facts(placement, shopper, ad_request)
    candidate_set = assembly.dependencies.candidate_index.eligible("300x250", ("boot-chelsea",)).whole
    assert candidate_set is not None
    scoring_input = build_scoring_input(placement, candidate_set, shopper, ad_request)
    rung = fresh_rung(candidate_set.ctr_multiplier_means * 0.1)
    chosen = next(fill_placement(scoring_input, rung, no_campaigns(facts), 1e18, assembly.dependencies))
    yield replace(chosen, decision=replace(chosen.decision, policy_id="thompson"))
    assembly.library.close()


def test_a_personal_choice_says_so(selection: Selection) -> None:
    good = replace(selection, match=0.9)
    assert reasons(good) == ("Similar to products that you looked at in this shop.", USED)
    assert reasons(replace(selection, match=0.0))[0].startswith("Likely to be useful")


def test_chance_is_called_chance(selection: Selection) -> None:
    control = replace(selection, decision=replace(selection.decision, policy_id="uniform"), match=0.9)
    assert reasons(control)[0].startswith("Chosen at random")
    assert reasons(control)[1] == NOT_USED


def test_without_a_profile_nothing_personal_is_claimed(selection: Selection) -> None:
    stranger = replace(selection, shopper=replace(selection.shopper, from_profile=False), match=0.9)
    assert "you looked at" not in reasons(stranger)[0]
    assert reasons(stranger)[1] == NOT_USED


def test_a_refusal_is_acknowledged(selection: Selection) -> None:
    request = page(personalisation=pb.PERSONALISATION_REFUSED)
    ad_request = ad_request_of(request, "r-1", Caller(None), SECRETS.pseudonym_key, datetime.now(UTC))
    refused = replace(selection, ad_request=ad_request, shopper=replace(selection.shopper, from_profile=False))
    assert reasons(refused)[1] == "What you did in this shop was not used, as you have not allowed it."


def test_the_prior_and_the_house_are_named_for_what_they_are(selection: Selection) -> None:
    prior = replace(selection, rung=impression_pb2.RUNG_POLICY_PRIOR, match=0.9)
    assert reasons(prior)[0] == "Chosen by how often this ad was clicked by all shoppers."
    house = replace(selection, creative=replace(selection.creative, product_id=""))
    assert reasons(house) == ("An ad of the shop itself.", NOT_USED)
