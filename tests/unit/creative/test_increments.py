"""Each mask of the index, and what a request that holds a view sees of later changes: nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from services.assets.creative import Creative
from services.catalogue.offer import Offer, Price
from services.catalogue.terms import DIMENSIONS
from services.creative.candidates.increments import Increments
from services.creative.candidates.pool import Compaction, Entry, Pool
from services.features.creative_columns import CreativeFacts
from services.policies.posterior import PRIOR, ArmSums, Posterior
from services.wire.codec.envelope import Position
from tests.creatives_in_memory import NOW, Shop, creative, facts, shown
from tests.pools import pool_of, view_of

EUR = Price(100, "EUR")


@pytest.fixture
def shop() -> Shop:
    """Creatives a and b of p1, c of p2."""
    made = Shop()
    made.products.put("p1", facts(1))
    made.products.put("p2", facts(2))
    made.creatives.put(creative("a", "p1"), creative("b", "p1"), creative("c", "p2"))
    return made


@pytest.fixture
def subject(shop: Shop) -> Increments:
    """An index that has seen all of it."""
    made = shop.increments()
    made.catch_up()
    assert shown(made) == {"a", "b", "c"}
    return made


@pytest.mark.parametrize("state", ["PAUSED", "RETIRED", "DRAFT", "SCREENED"])
def test_only_an_approved_creative_is_served_and_again_once_it_is_approved(
    shop: Shop, subject: Increments, state: str
) -> None:
    before = shop.creatives.all["a"]
    shop.creatives.put(replace(before, state=state))  # type: ignore[arg-type]
    subject.step()
    assert shown(subject) == {"b", "c"}
    shop.creatives.put(replace(before, approved_by=""))
    subject.step()
    assert shown(subject) == {"b", "c"}
    shop.creatives.put(before)
    subject.step()
    assert shown(subject) == {"a", "b", "c"}


def test_a_creative_whose_product_is_not_known_waits_for_it(shop: Shop, subject: Increments) -> None:
    shop.creatives.put(creative("d", "p3"))
    subject.step()
    assert shown(subject) == {"a", "b", "c"}
    shop.products.put("p3", facts(3))
    subject.step()
    assert shown(subject) == {"a", "b", "c", "d"}
    shop.products.put("p1", None)
    subject.step()
    assert shown(subject) == {"c", "d"}


@pytest.mark.parametrize(
    "offer", [None, Offer(False, EUR), Offer(True, Price(90, "EUR"))], ids=["gone", "out", "price"]
)
def test_a_creative_is_live_while_its_product_is_offered_as_it_says(
    shop: Shop, subject: Increments, offer: Offer | None
) -> None:
    shop.creatives.put(priced("a", "p1", EUR))
    shop.offers.apply("p1", offer, Position(0, 1, 1), 0)
    subject.step()
    assert "a" not in shown(subject)
    assert "c" in shown(subject)
    shop.offers.apply("p1", Offer(True, EUR), Position(0, 2, 2), 0)
    subject.step()
    assert shown(subject) == {"a", "b", "c"}


def test_a_creative_is_served_from_its_begin_to_its_end(shop: Shop, subject: Increments) -> None:
    hour = timedelta(hours=1)
    shop.creatives.put(creative("d", "p2", starts_at=NOW + hour, ends_at=NOW + 2 * hour))
    found = []
    for _ in range(3):
        subject.step()
        found.append("d" in shown(subject))
        shop.clock.advance(hour)
    assert found == [False, True, False]


def test_a_view_that_a_request_holds_does_not_change(shop: Shop, subject: Increments) -> None:
    held = subject.views.pools["300x250"]
    before = [held.rows.copy(), held.eligible.copy(), held.means.copy(), held.columns.take(held.rows).static]
    shop.creatives.put(replace(shop.creatives.all["a"], state="PAUSED"), creative("e", "p2"))
    shop.products.put("p2", facts(9))
    shop.posterior = Posterior(1, {"b": ArmSums(9, 1.0)})
    subject.catch_up()
    after = [held.rows, held.eligible, held.means, held.columns.take(held.rows).static]
    assert [one.tolist() for one in before] == [other.tolist() for other in after]
    assert held.policy_version == 0
    assert subject.views.pools["300x250"].policy_version == 1
    assert shown(subject) == {"b", "c", "e"}


def test_a_change_that_comes_while_much_waits_is_done_before_it(shop: Shop, subject: Increments) -> None:
    shop.creatives.put(*(creative(f"n{number}", "p1") for number in range(1_000)))
    subject.step()
    shop.creatives.put(replace(shop.creatives.all["a"], state="PAUSED"))
    subject.step()
    waiting = subject.waiting()
    subject.catch_up()
    assert waiting > 800
    assert len(shown(subject)) == 1_002


def test_another_posterior_changes_the_multipliers_of_its_arms_alone(shop: Shop, subject: Increments) -> None:
    shop.posterior = Posterior(3, {"a": ArmSums(40, 20.0), "nobody's": ArmSums(1, 1.0)})
    subject.step()
    view = subject.views.pools["300x250"]
    assert view.means[view.row_of["a"]] == 1.5
    assert {view.means[view.row_of[name]] for name in "bc"} == {1.0}
    shop.posterior = Posterior(4, {})
    subject.step()
    view = subject.views.pools["300x250"]
    assert view.means[view.row_of["a"]] == 1.0


def test_a_pool_of_mostly_retired_creatives_is_copied_and_shows_the_same() -> None:
    pool = pool_of(6_000, a_product=3)
    for number in range(0, 6_000, 2):
        assert pool.retire(f"c{number:03}")
    assert not pool.is_wasteful()
    for number in range(1, 5_000, 2):
        pool.retire(f"c{number:03}")
    assert pool.is_wasteful()
    fresh = copied(Compaction(pool))
    assert not fresh.is_wasteful()
    before, after = view_of(pool), view_of(fresh)
    assert len(after.eligible) == 501
    assert [before.columns.creative_ids[row] for row in before.rows] == [
        after.columns.creative_ids[row] for row in after.rows
    ]
    assert np.array_equal(before.columns.take(before.rows).static, after.columns.take(after.rows).static)
    assert np.array_equal(
        before.products.vectors[before.product_row[before.rows]],
        after.products.vectors[after.product_row[after.rows]],
    )


def test_what_changes_while_a_pool_is_copied_is_in_the_copy(shop: Shop) -> None:
    pool = pool_of(9_000)
    for number in range(2_500, 9_000):
        pool.retire(f"c{number:03}")
    compaction = Compaction(pool)
    assert [compaction.step() for _ in range(4)] == [None] * 4  # c000 to c2499 are copied
    pool.retire("c001")
    shop.offers.apply("p2", None, Position(0, 1, 1), 0)
    pool.refresh_live("p2", shop.offers, 0)
    [*pool.believe(Posterior(1, {"c003": ArmSums(40, 20.0)}), ["c003"])]
    again = CreativeFacts("c004", "p4", facts(4), np.ones(DIMENSIONS), False, 0.0)
    pool.add([Entry(again)], PRIOR, lambda _: True)
    before, after = view_of(pool), view_of(copied(compaction))
    names = [[one.columns.creative_ids[row] for row in one.rows] for one in (before, after)]
    assert names[0] == names[1]
    assert not {"c001", "c002"} & {*names[1]} and len(names[1]) == 2_498
    assert np.array_equal(before.means[before.rows], after.means[after.rows])
    assert np.array_equal(before.columns.take(before.rows).static, after.columns.take(after.rows).static)


def copied(compaction: Compaction) -> Pool:
    """The copy."""
    return next(filter(None, (compaction.step() for _ in range(100))))


def priced(creative_id: str, product_id: str, price: Price) -> Creative:
    """A creative that shows a price."""
    return creative(creative_id, product_id, price=price)
