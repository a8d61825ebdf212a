"""After any changes, in any steps, the index is what one made from scratch would be."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalogue.offer import Offer, Price
from services.catalogue.terms import DIMENSIONS
from services.creative.candidates.increments import Increments
from services.creative.candidates.pool_view import PoolView
from services.policies.posterior import ArmSums, Posterior
from services.wire.codec.envelope import Position
from tests.creatives_in_memory import NOW, Shop, creative, facts

EUR = Price(100, "EUR")
CREATIVES = [f"c{number}" for number in range(6)]
PRODUCTS = ["p0", "p1", "p2", ""]
FORMATS = ["300x250", "728x90"]

creatives = st.tuples(
    st.just("creative"),
    st.sampled_from(CREATIVES),
    st.sampled_from(PRODUCTS),
    st.sampled_from(FORMATS),
    st.sampled_from(["APPROVED", "APPROVED", "PAUSED", "RETIRED"]),
    st.sampled_from([None, EUR]),
)
products = st.tuples(st.just("product"), st.sampled_from(PRODUCTS[:3]), st.sampled_from([None, 1, 2]))
offers = st.tuples(
    st.just("offer"), st.sampled_from(PRODUCTS[:3]), st.sampled_from([None, Offer(True, EUR), Offer(False, EUR)])
)
others = st.sampled_from([("vocabulary",), ("posterior", 0.0), ("posterior", 5.0), ("remove", "c1"), ("later",)])
changes = st.lists(st.one_of(creatives, products, offers, others, st.just(("step",))), max_size=40)


def change(shop: Shop, number: int, what: tuple[object, ...]) -> None:
    match what:
        case ("creative", str(name), str(product), str(format_), state, price):
            shop.creatives.put(creative(name, product, format_, state=state, **priced(price)))
        case ("product", str(product), seed):
            shop.products.put(product, None if seed is None else facts(int(str(seed))))
        case ("offer", str(product), offer):
            shop.offers.apply(product, offer, Position(0, number, 1), 0)  # type: ignore[arg-type]
        case ("vocabulary",):
            shop.products.new_vocabulary()
        case ("posterior", float(expected)):
            shop.posterior = Posterior(number, {name: ArmSums(1, expected) for name in CREATIVES[:4]})
        case ("remove", str(name)) if name in shop.creatives.all:
            shop.creatives.remove(name)
        case ("later",):
            shop.clock.advance(timedelta(hours=1))


def priced(price: object) -> dict[str, object]:
    if not isinstance(price, Price):
        return {}
    return {"price": price}


def content(view: PoolView) -> dict[str, tuple[object, ...]]:
    """What a view says of each creative that is shown, in whatever row it is."""
    columns = view.columns.take(view.rows)
    return {
        creative_id: (
            columns.product_ids[number],
            columns.static[number].tolist(),
            columns.product_vectors[number].tolist(),
            view.means[row],
            view.variances[row],
            view.products.vectors[view.product_row[row]].tolist() if view.product_row[row] >= 0 else None,
        )
        for number, (creative_id, row) in enumerate(zip(columns.creative_ids, view.rows, strict=True))
    }


def whole(subject: Increments) -> dict[str, dict[str, tuple[object, ...]]]:
    found = {format_: content(view) for format_, view in subject.views.pools.items()}
    for format_, view in subject.views.pools.items():
        if found[format_]:
            found[format_]["house"] = tuple(view.columns.take([view.house_row]).static[0].tolist())
    return {format_: rows for format_, rows in found.items() if rows}


@given(changes)
@settings(max_examples=200)
def test_increments_lead_to_what_is_made_from_scratch(asked: list[tuple[object, ...]]) -> None:
    shop = Shop()
    subject = shop.increments()
    for number, what in enumerate(asked, 1):
        if what == ("step",):
            subject.step()
        else:
            change(shop, number, what)
    subject.catch_up()
    fresh = shop.increments()
    fresh.catch_up()
    assert whole(subject) == whole(fresh)
    assert subject.views.catalogue_version == fresh.views.catalogue_version
    assert subject.views.policy_version == fresh.views.policy_version
    for view in subject.views.pools.values():
        of_products = view.rows_of_products(["p0", "p1", "p2"])
        assert set(of_products) == {row for row in view.rows if view.columns.product_ids[row]}
        some = view.products.best(np.ones(DIMENSIONS), 99, view.eligible, view.sold)
        assert sorted(some) == sorted(of_products)
        assert all(view.row_of[view.columns.creative_ids[row]] == row for row in view.rows)
    assert shop.clock.now() >= NOW
