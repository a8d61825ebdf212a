"""A request's consent decides what is read and remembered of its shopper, and stands on record and token."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.events.v1.consent_pb2 import Consent as Said
from services.common.consent import Consent
from services.common.token import read_verified
from services.creative.ad_request import AdRequest, Caller, Defaults, ad_request_of
from tests.unit.creative.house import SECRETS, House, page

KEY = SECRETS.pseudonym_key
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANSWERS = st.sampled_from([None, True, False])
CONSENTS = st.builds(Consent, st.booleans(), st.booleans())


def asked(defaults: Consent = Consent(), **fields: object) -> AdRequest:  # noqa: B008 - immutable
    return ad_request_of(page(**fields), "r-1", Caller(None, defaults=Defaults(defaults)), KEY, NOW)


@given(ANSWERS, ANSWERS, st.booleans(), CONSENTS)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_the_request_comes_before_the_setting_and_the_stricter_of_two_words_holds(
    profile: bool | None, personalise: bool | None, refused: bool, setting: Consent
) -> None:
    said = pb.PERSONALISATION_REFUSED if refused else pb.PERSONALISATION_UNSPECIFIED
    made = asked(setting, consent=Said(profile=profile, personalise=personalise), personalisation=said)
    wanted = Consent(
        setting.profile if profile is None else profile,
        not refused and (setting.personalise if personalise is None else personalise),
    )
    assert (made.consent, made.personal) == (wanted, wanted.personalise)
    plainly = asked(consent=Said(profile=wanted.profile, personalise=wanted.personalise))
    assert made.request_digest == plainly.request_digest, "what means the same gets the same answer"


@pytest.mark.asyncio
async def test_without_consent_no_profile_is_read_and_record_and_token_say_so(house: House) -> None:
    async with house.asked() as stub:
        told = {
            name: await stub.SelectCreatives(page(request_id=name, consent=said), timeout=5)
            for name, said in {"both": None, "none": Said(profile=False, personalise=False)}.items()
        }
    records = {record.request_id: record for record in house.records()}
    said = {name: (record.consent.profile, record.consent.personalise) for name, record in records.items()}
    assert said == {"both": (True, True), "none": (False, False)}
    tokens = {name: read_verified(answer.selections[0].impression_token) for name, answer in told.items()}
    assert {name: token.profile for name, token in tokens.items()} == {"both": True, "none": False}
    assert records["none"].default_profile


@pytest.mark.asyncio
async def test_a_shop_may_allow_nothing_unless_a_request_does(house: House) -> None:
    house.settings = {"consent": "none"}
    async with house.asked() as stub:
        await stub.SelectCreatives(page(), timeout=5)
    (record,) = house.records()
    assert (record.consent.profile, record.consent.personalise, record.segment) == (False, False, "new_unknown")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("said", "remembered"), [(None, True), (Said(profile=False), False), (Said(personalise=False), False)]
)
async def test_how_often_a_shopper_had_an_ad_is_remembered_only_with_consent(
    house: House, said: Said | None, remembered: bool
) -> None:
    house.settings = {"frequency_limit": 1}
    async with house.asked() as stub:
        for number in range(2):
            await stub.SelectCreatives(page(request_id=f"r-{number}", consent=said), timeout=5)
    first, second = sorted(house.records(), key=lambda record: record.request_id)
    assert (first.creative_id not in second.candidates) == remembered


@pytest.mark.parametrize(
    ("markup", "renders", "pixel"), [(False, False, False), (True, False, True), (False, True, True)]
)
def test_an_ad_carries_the_render_pixel_where_it_is_markup_or_the_caller_loads_it(
    markup: bool, renders: bool, pixel: bool
) -> None:
    places = [pb.Placement(placement_id="top", format="300x250", markup=markup)]
    caller = Caller(None, defaults=Defaults(renders=renders))
    made = ad_request_of(page(placements=places), "r-1", caller, KEY, NOW)
    assert [place.render_pixel for place in made.placements] == [pixel]
