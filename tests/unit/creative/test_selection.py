"""What a page gets: counts, propensities, records, repeats, consent, pictures, tokens."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.catalogue.catalogue import demo_catalogue
from services.common.errors import Unavailable
from services.common.pseudonym import is_pseudonym
from services.features.ports import ProfileRow
from services.features.profile import Interaction, Kind, Profile, apply, micros, with_burst
from services.features.vector import DENSE_FEATURES
from services.models.fake_models import FakeModels
from services.models.ports import Scores
from services.models.tensors import CTR
from services.policies.posterior import ArmSums, Posterior
from services.policies.replay import replay
from tests.unit.creative.house import SECRETS, House, page

KEY = SECRETS.pseudonym_key


def fond_of(product_id: str, at: datetime) -> Profile:
    """A profile of somebody who clicked one product."""
    return apply(Profile(), Interaction(Kind.CLICK, product_id, micros(at)), demo_catalogue().facts.get)


def users(house: House, policy: str, count: int) -> list[str]:
    """Users whom the experiment gives to the policy."""
    from services.creative.settings import CreativeSettings
    from services.policies.assignment import assign

    names = (f"user-{n}" for n in range(10_000))
    found = (name for name in names if assign(KEY.pseudonym(name), CreativeSettings().experiment) == policy)
    return [next(found) for _ in range(count)]


@pytest.mark.asyncio
async def test_every_place_gets_as_many_as_it_asked_for_in_the_order_asked(house: House) -> None:
    placements = [
        pb.Placement(placement_id="z", format="728x90", count=3),
        pb.Placement(placement_id="a", format="300x250", count=32),
        pb.Placement(placement_id="m", format="160x600"),
    ]
    async with house.asked() as stub:
        answer = await stub.SelectCreatives(page(placements=placements), timeout=5)
    slots = [(s.placement_id, s.slot) for s in answer.selections]
    assert slots == [("z", n) for n in range(3)] + [("a", n) for n in range(32)] + [("m", 0)]
    assert len({s.impression_id for s in answer.selections}) == 36
    for name in "za":
        chosen = [s.creative_id for s in answer.selections if s.placement_id == name]
        assert len(set(chosen)) == len(chosen)
    assert all(0 < s.propensity <= 1 and not s.degraded for s in answer.selections)


@pytest.mark.asyncio
async def test_every_answer_is_recorded_whole_and_replayed_bit_for_bit(house: House) -> None:
    thompson, uniform = users(house, "thompson", 1)[0], users(house, "uniform", 1)[0]
    placements = [
        pb.Placement(placement_id="a", format="300x250", count=2),
        pb.Placement(placement_id="b", format="320x50"),
    ]
    async with house.asked() as stub:
        answers = [
            await stub.SelectCreatives(page(user_id=user, request_id=f"r-{user}", placements=placements), timeout=5)
            for user in (thompson, uniform)
        ]
    given = {s.impression_id: s for answer in answers for s in answer.selections}
    records = {record.impression_id: record for record in house.records()}
    assert records.keys() == given.keys()
    for impression_id, record in records.items():
        selection = given[impression_id]
        assert replay(record).same
        assert (record.creative_id, record.propensity) == (selection.creative_id, selection.propensity)
        assert (record.policy_id, record.slot) == (selection.policy_id, selection.slot)
        assert abs(sum(record.probabilities) - 1) <= 1e-12
        assert min(record.probabilities) >= record.floor > 0
        assert record.target_propensities[record.policy_id] == record.propensity
        assert set(record.target_propensities) == {"uniform", "thompson"}
        assert len(record.candidates) == len(record.scores) == len(record.posterior_means) == len(record.probabilities)
        assert record.features
        assert record.categories
        assert record.model_version == "ctr-fake"
        assert is_pseudonym(record.user_id)
    assert {r.policy_id for r in records.values()} == {"uniform", "thompson"}
    assert {r.experiment_arm for r in records.values()} == {"control", "treatment"}
    assert all(record.default_profile for record in records.values())


@pytest.mark.asyncio
async def test_a_repeated_request_gets_the_same_answer_and_one_record(house: House) -> None:
    async with house.asked() as stub:
        together = await asyncio.gather(*(stub.SelectCreatives(page(), timeout=5) for _ in range(5)))
        later = await stub.SelectCreatives(page(), timeout=5)
        other = await stub.SelectCreatives(page(request_id="r-2"), timeout=5)
    assert all(answer == later for answer in together)
    assert other.selections[0].impression_id != later.selections[0].impression_id
    assert len(house.records()) == 2


class HangingModels(FakeModels):
    """Scores never come, whatever time was given."""

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        self._call(CTR.name, budget_s)
        await asyncio.sleep(60)
        raise Unavailable("triton", "never")


@pytest.mark.asyncio
async def test_a_repeat_does_not_wait_longer_than_its_own_deadline_and_both_get_its_answer(house: House) -> None:
    house.models = HangingModels()
    async with house.asked() as stub:
        first = asyncio.ensure_future(stub.SelectCreatives(page(), timeout=20))
        while not house.models.called:
            await asyncio.sleep(0.01)
        repeat = await stub.SelectCreatives(page(), timeout=2)
        assert await first == repeat
    (record,) = house.records()
    assert record.impression_id == repeat.selections[0].impression_id
    assert "policy_prior" in record.degraded
    assert replay(record).same


@pytest.mark.asyncio
async def test_a_repeat_on_another_replica_that_decides_the_same_names_the_same_impression(house: House) -> None:
    context = pb.Context()
    context.time.FromDatetime(datetime.now(UTC))
    async with house.asked() as stub:
        here = await stub.SelectCreatives(page(context=context), timeout=5)
    async with house.asked() as stub:
        there = await stub.SelectCreatives(page(context=context), timeout=5)
    assert [s.impression_id for s in here.selections] == [s.impression_id for s in there.selections]


@pytest.mark.asyncio
async def test_two_shoppers_under_one_request_id_have_impressions_of_their_own(house: House) -> None:
    async with house.asked() as stub:
        alice = await stub.SelectCreatives(page(), timeout=5)
        bob = await stub.SelectCreatives(page(user_id="bob"), timeout=5)
    assert alice.selections[0].impression_id != bob.selections[0].impression_id


@pytest.mark.asyncio
async def test_with_one_seed_and_one_posterior_only_what_is_known_of_the_shopper_moves_the_vector(house: House) -> None:
    house.settings = {"allow_seeds": True}
    user, now = users(house, "thompson", 1)[0], datetime.now(UTC)
    context = pb.Context()
    context.time.FromDatetime(now)
    async with house.asked() as stub:
        for request_id in ("before", "same", "after"):
            if request_id == "after":
                row = ProfileRow(KEY.pseudonym(user), fond_of("boot-chelsea", now - timedelta(hours=1)), micros(now), 0)
                house.store.write([row])
            request = page(user_id=user, request_id=request_id, context=context)
            await stub.SelectCreatives(request, timeout=5, metadata=[("adloom-seed", "5eed" * 8)])
    found = {record.request_id: record for record in house.records()}
    assert list(found["same"].probabilities) == list(found["before"].probabilities)
    assert list(found["same"].features) == list(found["before"].features)
    assert list(found["after"].probabilities) != list(found["before"].probabilities)
    assert found["after"].segment != found["before"].segment
    assert {record.experiment_arm for record in found.values()} == {"drill"}


@pytest.mark.parametrize(("minutes", "hour", "weekday"), [(0, 7.5, 6), (-480, 23.5, 5), (345, 13.25, 6)])
@pytest.mark.asyncio
async def test_hour_and_weekday_are_the_shoppers_where_the_request_says_the_offset(
    house: House, minutes: int, hour: float, weekday: int
) -> None:
    sunday = datetime.now(UTC).replace(hour=7, minute=30) + timedelta(days=6 - datetime.now(UTC).weekday())
    context = pb.Context(utc_offset_minutes=minutes)
    context.time.FromDatetime(sunday)
    async with house.asked() as stub:
        await stub.SelectCreatives(page(context=context), timeout=5)
    (record,) = house.records()
    assert replay(record).same
    assert (record.context.time, record.context.utc_offset_minutes) == (context.time, minutes)
    features = dict(zip(DENSE_FEATURES, record.features, strict=True))
    found = [
        math.atan2(features[f"{name}_sin"], features[f"{name}_cos"]) / (2 * math.pi) for name in ("hour", "weekday")
    ]
    assert [found[0] * 24 % 24, found[1] * 7 % 7] == pytest.approx([hour, weekday], abs=1e-4)


@pytest.mark.asyncio
async def test_only_the_asked_products_are_shown_and_the_house_fills(house: House) -> None:
    placements = [pb.Placement(placement_id="top", format="300x250", count=6)]
    async with house.asked() as stub:
        answer = await stub.SelectCreatives(page(product_ids=["boot-chelsea"], placements=placements), timeout=5)
    chosen, filled = answer.selections[:4], answer.selections[4:]
    assert {s.product_id for s in chosen} == {"boot-chelsea"}
    assert not any(s.degraded for s in chosen)
    for selection in filled:
        assert (selection.creative_id, selection.policy_id) == ("house-300x250", "house")
        assert selection.propensity == 1.0
        assert list(selection.degraded) == ["candidates", "house_creative"]
    assert all(replay(record).same for record in house.records())


@pytest.mark.asyncio
async def test_a_shopper_who_refuses_or_has_no_name_is_not_looked_up(house: House) -> None:
    row = ProfileRow(KEY.pseudonym("alice"), fond_of("boot-chelsea", datetime.now(UTC)), 1, 0)
    house.store.write([row])
    async with house.asked() as stub:
        known = await stub.SelectCreatives(page(), timeout=5)
        refused = await stub.SelectCreatives(
            page(request_id="r-2", personalisation=pb.PERSONALISATION_REFUSED), timeout=5
        )
        anonymous = await stub.SelectCreatives(page(request_id="r-3", user_id=""), timeout=5)
    segments = {record.request_id: record.segment for record in house.records()}
    assert segments["r-1"] in ("deciding", "comparing")
    assert segments["r-2"] == segments["r-3"] == "new_unknown"
    defaults = {record.request_id: record.default_profile for record in house.records()}
    assert defaults == {"r-1": False, "r-2": True, "r-3": True}
    assert "not allowed it" in refused.selections[0].reasons[1]
    assert "was not used" in anonymous.selections[0].reasons[1]
    pseudonyms = {record.request_id: record.user_id for record in house.records()}
    assert pseudonyms["r-1"] == pseudonyms["r-2"] == KEY.pseudonym("alice")
    assert is_pseudonym(pseudonyms["r-3"])
    assert known.selections[0].impression_token


@pytest.mark.asyncio
async def test_the_record_tells_of_a_shopper_who_only_looks_and_is_a_bot_or_a_script(house: House) -> None:
    now = datetime.now(UTC)
    looked = apply(Profile(), Interaction(Kind.VIEW, "boot-chelsea", micros(now), by_bot=True), lambda _: None)
    marked = {"bot": looked, "rate": with_burst(fond_of("boot-chelsea", now), micros(now)), "": Profile()}
    house.store.write([ProfileRow(KEY.pseudonym(f"shopper {mark}"), profile, 1, 0) for mark, profile in marked.items()])
    async with house.asked() as stub:
        for mark in marked:
            await stub.SelectCreatives(page(request_id=f"r-{mark}", user_id=f"shopper {mark}"), timeout=5)
    assert {record.request_id: record.invalid_traffic for record in house.records()} == {
        "r-bot": "bot",
        "r-rate": "rate",
        "r-": "",
    }


@pytest.mark.asyncio
async def test_the_token_promises_what_was_answered(house: House) -> None:
    async with house.asked() as stub:
        answer = await stub.SelectCreatives(page(), timeout=5)
    selection = answer.selections[0]
    token = SECRETS.token_keys.verify(selection.impression_token, datetime.now(UTC))
    assert token.impression_id == selection.impression_id
    assert token.user_id == KEY.pseudonym("alice")
    assert (token.creative_id, token.product_id) == (selection.creative_id, selection.product_id)
    assert (token.propensity, token.placement_id, token.slot) == (selection.propensity, "top", 0)
    assert not token.imported


@pytest.mark.asyncio
async def test_pictures_come_as_bytes_where_asked_for(house: House) -> None:
    async with house.asked() as stub:
        by_reference = await stub.SelectCreatives(page(), timeout=5)
        inline = await stub.SelectCreatives(page(inline_images=True), timeout=5)
    assert by_reference.selections[0].image.uri.startswith("asset:sha256:")
    assert inline.selections[0].image.png.startswith(b"\x89PNG")
    assert inline.selections[0].creative_id == by_reference.selections[0].creative_id


@pytest.mark.asyncio
async def test_a_new_posterior_decides_from_the_next_request_on(house: House) -> None:
    loved = "boot-chelsea"
    current = [Posterior(0, {})]
    house.posterior = lambda: current[0]
    user = users(house, "thompson", 1)[0]
    async with house.asked() as stub:
        first = await stub.SelectCreatives(page(user_id=user, request_id="a", product_ids=[loved]), timeout=5)
        ids = [c.creative_id for c in house.assets.library().eligible("300x250", [loved])]
        sums = {c: ArmSums(0, 4000.0) for c in ids[1:]} | {ids[0]: ArmSums(40_000, 4000.0)}
        current[0] = Posterior(7, sums)
        house.settle()
        second = await stub.SelectCreatives(page(user_id=user, request_id="b", product_ids=[loved]), timeout=5)
    assert (first.selections[0].policy_version, second.selections[0].policy_version) == (0, 7)
    records = {record.request_id: record for record in house.records()}
    best = list(records["b"].candidates).index(ids[0])
    assert records["b"].probabilities[best] == max(records["b"].probabilities)
    assert records["b"].probabilities[best] > 0.95


@pytest.mark.asyncio
async def test_the_house_creative_guards_an_open_request_and_no_other(house: House) -> None:
    async with house.asked() as stub:
        await stub.SelectCreatives(page(request_id="open"), timeout=5)
        await stub.SelectCreatives(page(request_id="narrow", product_ids=["boot-chelsea"]), timeout=5)
    records = {record.request_id: record for record in house.records()}
    assert records["open"].candidates[records["open"].guard_index] == "house-300x250"
    assert records["narrow"].guard_index == -1
    assert "house-300x250" not in records["narrow"].candidates
