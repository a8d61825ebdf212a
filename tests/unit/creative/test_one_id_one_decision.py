"""An impression id stands for one decision, however a caller uses its request ids and whatever a replica knows."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import numpy as np
import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.events.v1.events_pb2 import Click
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from protos.gen.adloom.events.v1.outcome_pb2 import CLICKED, Outcome
from services.common.clock import to_ms
from services.common.topics import IMPRESSIONS
from services.creative.ad_request import AdRequest, Caller, Placement, ad_request_of
from services.creative.impression_id import impression_id_of
from services.features.ports import ProfileRow
from services.features.profile import micros
from services.outcomes.processor import OutcomesProcessor
from services.policies.arms import Arms
from services.policies.decide import Decision, decide
from services.policies.posterior import ArmSums, Posterior
from services.policies.replay import replay
from services.wire.codec.decode import decode
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Envelope, RawRecord
from tests.unit.creative.house import SECRETS, House, page
from tests.unit.creative.test_selection import fond_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TOP, SIDE = (pb.Placement(placement_id=name, format="300x250") for name in ("top", "side"))
BODIES = {
    "products": [page(product_ids=["boot-chelsea"]), page(product_ids=["tee-breton", "tee-surf"])],
    "pages": [page(context=pb.Context(page="/a")), page(context=pb.Context(page="/b"))],
    "queries": [page(), page(context=pb.Context(query="boots"))],
    "devices": [page(context=pb.Context(device="phone")), page(context=pb.Context(device="desktop"))],
    "locales": [page(context=pb.Context(locale="en")), page(context=pb.Context(locale="de"))],
    "formats": [page(), page(placements=[pb.Placement(placement_id="top", format="728x90")])],
    "counts": [page(), page(placements=[pb.Placement(placement_id="top", format="300x250", count=3)])],
    "orders of places": [page(placements=[TOP, SIDE]), page(placements=[SIDE, TOP])],
    "consents": [page(), page(personalisation=pb.PERSONALISATION_REFUSED)],
    "users": [page(), page(user_id="bob")],
    "anonymous": [page(user_id="", product_ids=["boot-chelsea"]), page(user_id="", product_ids=["tee-surf"])],
}


def decisions(records: Iterable[Impression]) -> dict[str, set[tuple[str, float, bytes]]]:
    """Creative, propensity and seed of all records, by the id of the impression."""
    found = defaultdict(set)
    for record in records:
        assert replay(record).same
        found[record.impression_id].add((record.creative_id, record.propensity, record.seed))
    return found


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.asyncio
async def test_one_request_id_for_two_questions_gives_each_its_own_draw_and_id(kind: str, house: House) -> None:
    async with house.asked() as stub:
        for number in range(8):
            asked = [pb.SelectCreativesRequest.FromString(body.SerializeToString()) for body in BODIES[kind]]
            for body in asked:
                body.request_id = f"counter-{number}"
            first, other, again = [await stub.SelectCreatives(body, timeout=5) for body in (*asked, asked[0])]
            assert again == first
            assert not {s.impression_id for s in first.selections} & {s.impression_id for s in other.selections}
    records = house.records()
    assert all(len(found) == 1 for found in decisions(records).values())
    assert len({record.seed for record in records}) == len(records), "no two questions share random numbers"


def clicked(selection: pb.Selection, user: str, at: datetime) -> Envelope:
    """The click on what was chosen, as it is read."""
    click = Click(user_id=user, product_id=selection.product_id or "p", impression_token=selection.impression_token)
    record = encode(click, event_id=f"on {selection.creative_id}", source="shop", time=at, key=user.encode())
    return decode(RawRecord(record.topic, 0, 0, to_ms(at), record.key, record.value, record.headers))


@pytest.mark.asyncio
async def test_a_click_on_either_of_two_answers_under_one_request_id_is_told_of_what_was_clicked(house: House) -> None:
    async with house.asked() as stub:
        answers = [await stub.SelectCreatives(body, timeout=5) for body in BODIES["products"]]
    given = {s.impression_id: (s.creative_id, s.propensity) for answer in answers for s in answer.selections}
    user, at = SECRETS.pseudonym_key.pseudonym("alice"), datetime.now(UTC) + timedelta(seconds=1)
    events = [decode(raw) for raw in house.sink.read(IMPRESSIONS)]
    for number, answer in enumerate(answers):
        events.append(replace(clicked(answer.selections[0], user, at), offset=number))
    room = OutcomesProcessor(lambda: SECRETS.token_keys, 1_800_000)
    made = room.advance(user, 0, None, [replace(event, partition=0) for event in events], to_ms(at))
    outcomes = [Outcome.FromString(record.value or b"") for record in made.records]
    assert {o.impression_id: (o.creative_id, o.propensity) for o in outcomes if o.kind == CLICKED} == given
    assert len(given) == 2


@pytest.mark.asyncio
async def test_what_a_restarted_process_has_learnt_or_knows_gives_another_decision_another_id(house: House) -> None:
    request = page(placements=[pb.Placement(placement_id="top", format="300x250", count=5)])
    request.context.time.FromDatetime(datetime.now(UTC))
    user = SECRETS.pseudonym_key.pseudonym("alice")
    fond = ProfileRow(user, fond_of("boot-chelsea", datetime.now(UTC) - timedelta(hours=1)), micros(NOW), 0)
    posterior = Posterior(7, {"house-300x250": ArmSums(40, 1.0)})
    for change in ("nothing", "profile", "posterior", "nothing more"):
        if change == "profile":
            house.store.write([fond])
        if change == "posterior":
            house.posterior = lambda: posterior
        async with house.asked() as stub:
            await asyncio.gather(*(stub.SelectCreatives(request, timeout=5) for _ in range(4)))
    found = decisions(house.records())
    assert all(len(of_one) == 1 for of_one in found.values())
    assert len(found) == 3 * 5, "three decisions a slot: the last process decided as the one before"


@pytest.mark.asyncio
async def test_pictures_in_bytes_are_the_same_choice_unless_more_is_known_by_then(house: House) -> None:
    request = page(placements=[pb.Placement(placement_id="top", format="300x250", count=5)])
    request.context.time.FromDatetime(datetime.now(UTC))
    user = SECRETS.pseudonym_key.pseudonym("alice")
    async with house.asked() as stub:
        plain = await stub.SelectCreatives(request, timeout=5)
        request.inline_images = True
        inline = await stub.SelectCreatives(request, timeout=5)
    house.store.write([ProfileRow(user, fond_of("boot-chelsea", datetime.now(UTC)), micros(NOW), 0)])
    async with house.asked() as stub:
        later = await stub.SelectCreatives(request, timeout=5)
    ids = [[s.impression_id for s in answer.selections] for answer in (plain, inline, later)]
    assert ids[0] == ids[1]
    assert not set(ids[1]) & set(ids[2])
    assert all(len(of_one) == 1 for of_one in decisions(house.records()).values())


@pytest.mark.asyncio
async def test_a_seed_of_a_drill_fixes_the_draws_and_still_no_id_stands_for_two_decisions(house: House) -> None:
    house.settings = {"allow_seeds": True}
    async with house.asked() as stub:
        for body in (page(), page(product_ids=["boot-chelsea"]), page(user_id="bob")):
            await stub.SelectCreatives(body, timeout=5, metadata=[("adloom-seed", "5eed" * 8)])
    records = house.records()
    assert len({record.seed for record in records}) == 1
    assert len(decisions(records)) == len(records) == 3


def ad_request(request: pb.SelectCreativesRequest) -> AdRequest:
    return ad_request_of(request, request.request_id or "made", Caller(None), SECRETS.pseudonym_key, NOW)


def test_a_question_is_named_by_a_short_digest_of_all_that_was_sent_and_the_pseudonym() -> None:
    large = page(product_ids=[f"p{n}" for n in range(256)])
    assert len(ad_request(large).request_digest) == 64
    names = {ad_request(body).request_digest for bodies in BODIES.values() for body in bodies}
    assert len(names) == len(
        {body.SerializeToString(deterministic=True) for bodies in BODIES.values() for body in bodies}
    )
    later = page()
    later.context.time.FromDatetime(NOW)
    assert ad_request(later).request_digest != ad_request(page()).request_digest == ad_request(page()).request_digest


SAME = {
    "counts": (page(), page(placements=[pb.Placement(placement_id="top", format="300x250")])),
    "products": (page(product_ids=["a", "b"]), page(product_ids=["b", "a", "b"])),
    "contexts": (page(), page(context=pb.Context())),
    "consents": (page(), page(personalisation=pb.PERSONALISATION_ALLOWED)),
    "pictures": (page(), page(inline_images=True)),
}


@pytest.mark.parametrize("kind", SAME)
def test_requests_that_mean_the_same_are_one_question(kind: str) -> None:
    one, other = SAME[kind]
    assert ad_request(one).request_digest == ad_request(other).request_digest


Made = TypeVar("Made", Decision, Arms)


def other(value: object) -> object:
    """Something else of the same type."""
    if isinstance(value, np.ndarray):
        return np.nextafter(value, 1.0)
    if isinstance(value, tuple):
        return ("another", *value[1:])
    if isinstance(value, dict):
        return {name: number / 2 for name, number in value.items()}
    return value * 2 if isinstance(value, bytes | str) else value + 1  # type: ignore[operator]  # the rest are numbers


def with_another(made: Made, name: str) -> Made:
    """The same with something else in one field."""
    return replace(made, **{name: other(getattr(made, name))})  # type: ignore[arg-type]  # of the field's own type


def test_whatever_differs_between_two_decisions_their_ids_differ() -> None:
    vector = np.array([0.25, 0.75])
    arms = Arms(("a", "b"), vector, vector, vector, 0, vector)
    made = decide(arms, "thompson", 3, b"s" * 16)
    changed = [with_another(made, f.name) for f in fields(Decision) if f.name != "arms"]
    changed += [replace(made, arms=with_another(arms, f.name)) for f in fields(Arms)]
    changed += [replace(made, arms=replace(arms, scores=None)), replace(made, arms=replace(arms, inclusion=None))]
    asked, placement = ad_request(page()), Placement("top", "300x250", 1)
    ids = [impression_id_of(b"k", asked, placement, 0, decision) for decision in (made, *changed)]
    ids += [impression_id_of(b"k", asked, Placement("side", "300x250", 1), 0, made)]
    ids += [impression_id_of(b"k", asked, placement, 1, made), impression_id_of(b"other", asked, placement, 0, made)]
    ids += [impression_id_of(b"k", ad_request(page(user_id="bob")), placement, 0, made)]
    assert len(set(ids)) == len(ids)
    assert impression_id_of(b"k", asked, placement, 0, decide(arms, "thompson", 3, b"s" * 16)) == ids[0]
