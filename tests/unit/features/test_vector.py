from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from services.catalogue.facts import ProductFacts, product_facts
from services.catalogue.terms import DIMENSIONS
from services.features.creative_columns import (
    ELEMENTS,
    NAMES,
    STATIC_FEATURES,
    CreativeColumns,
    CreativeFacts,
    creative_columns,
)
from services.features.profile import Interaction, Kind, Profile, apply, micros
from services.features.segments import SEGMENTS, segment_of
from services.features.vector import CATEGORIES, DENSE_FEATURES, TABLES, RequestFacts, build

NOW = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
PRODUCTS: dict[str, ProductFacts] = {
    "coat": product_facts(np.eye(DIMENSIONS)[0], 4, rank=0.75, level=1.0),
    "bag": product_facts(np.eye(DIMENSIONS)[1], 8, rank=0.25, level=0.125),
}


def creatives() -> CreativeColumns:
    text = np.linspace(-1, 1, DIMENSIONS)
    made = [
        CreativeFacts(f"c-{name}", name, facts, text, False, NOW.timestamp() - 7200) for name, facts in PRODUCTS.items()
    ]
    return creative_columns(
        [*made, CreativeFacts("house-300x250", "", None, np.zeros(DIMENSIONS), False, NOW.timestamp())]
    )


def facts(device: str = "phone", segment: str = "looking") -> RequestFacts:
    return RequestFacts("en-GB", device, "/", "", NOW, segment, "top", "300x250")


def clicked_coat(ago: timedelta = timedelta(0)) -> Profile:
    return apply(Profile(), Interaction(Kind.CLICK, "coat", micros(NOW - ago)), PRODUCTS.get)


def value(profile: Profile, name: str, row: int = 0, now: datetime = NOW) -> float:
    return float(build(profile, facts(), creatives(), now).dense[row, DENSE_FEATURES.index(name)])


def test_shapes_follow_the_declared_feature_order() -> None:
    vectors = build(Profile(), facts(), creatives(), NOW)
    assert vectors.dense.shape == (3, len(DENSE_FEATURES))
    assert vectors.categories.shape == (3, len(CATEGORIES))
    assert len(set(DENSE_FEATURES)) == len(DENSE_FEATURES)
    assert vectors.dense.dtype == np.float32
    assert np.isfinite(vectors.dense).all()


def test_categories_stay_within_their_sizes() -> None:
    categories = build(clicked_coat(), facts("toaster"), creatives(), NOW).categories
    assert (categories >= 0).all()
    assert (categories < [category.size for category in CATEGORIES]).all()


def rhythm(time: datetime) -> list[float]:
    at = DENSE_FEATURES.index("hour_sin")
    dense = build(clicked_coat(), replace(facts(), time=time), creatives(), NOW).dense
    return [float(number) for number in dense[0, at : at + 4]]


@pytest.mark.parametrize("minutes", [-480, -210, 345, 840])
def test_hour_and_weekday_are_those_of_the_shoppers_clock_and_nothing_else_is(minutes: int) -> None:
    here = NOW.astimezone(timezone(timedelta(minutes=minutes)))
    assert rhythm(here) == rhythm(NOW + timedelta(minutes=minutes)) != rhythm(NOW)
    rest = [name for name in DENSE_FEATURES if not name.startswith(("hour", "weekday"))]
    columns = [DENSE_FEATURES.index(name) for name in rest]
    ours, theirs = (
        build(clicked_coat(), replace(facts(), time=time), creatives(), time).dense[:, columns] for time in (here, NOW)
    )
    assert np.array_equal(ours, theirs)


def test_a_click_raises_the_match_of_its_product_alone() -> None:
    for life in ("10m", "24h", "14d"):
        assert value(clicked_coat(), f"interest_match_{life}", row=0) == pytest.approx(1.0, abs=1e-6)
        assert value(clicked_coat(), f"interest_match_{life}", row=1) == pytest.approx(0.0, abs=1e-6)
    assert value(clicked_coat(), "category_share_10m", 0) > value(clicked_coat(), "category_share_10m", 1) == 0.0


def test_decay_does_not_depend_on_when_the_profile_was_stored() -> None:
    """The same clicks as of different times, brought to one `now`, are one vector (law 5)."""
    click, view = (
        Interaction(Kind.CLICK, "coat", micros(NOW - timedelta(hours=3))),
        Interaction(Kind.VIEW, "gone", micros(NOW - timedelta(hours=2))),
    )
    forwards = apply(apply(Profile(), click, PRODUCTS.get), view, PRODUCTS.get)
    backwards = apply(apply(Profile(), view, PRODUCTS.get), click, PRODUCTS.get)
    ours, theirs = (build(p, facts(), creatives(), NOW).dense for p in (forwards, backwards))
    assert ours == pytest.approx(theirs, rel=1e-6)  # float32


def test_the_house_creative_shows_no_product() -> None:
    assert [value(clicked_coat(), "house", row) for row in range(3)] == [0.0, 0.0, 1.0]
    assert value(clicked_coat(), "interest_match_14d", 2) == 0.0
    assert value(clicked_coat(), "price_rank_above_usual", 2) == 0.0


def test_a_more_expensive_product_is_above_the_usual_price() -> None:
    bag_clicked = apply(Profile(), Interaction(Kind.CLICK, "bag", micros(NOW)), PRODUCTS.get)
    for row, (rank, level) in enumerate([(0.5, 0.875), (0.0, 0.0)]):
        assert value(bag_clicked, "price_rank_above_usual", row) == pytest.approx(rank, rel=1e-6)
        assert value(bag_clicked, "price_level_above_usual", row) == pytest.approx(level, rel=1e-6)


def test_a_price_that_cannot_be_ranked_is_like_no_price() -> None:
    unranked = product_facts(np.eye(DIMENSIONS)[0], 0, rank=0.9, level=0.9, price_known=False)
    nobody = apply(Profile(), Interaction(Kind.CLICK, "x", micros(NOW)), {"x": unranked}.get)
    assert value(nobody, "price_level_above_usual", 0) == value(nobody, "price_rank_unlike_usual", 1) == 0.0
    made = creative_columns([CreativeFacts("c", "x", unranked, np.zeros(DIMENSIONS), False, 0.0)])
    dense = build(clicked_coat(), facts(), made, NOW).dense[0]
    prices = [name for name in DENSE_FEATURES if name.startswith("price_")]
    assert [dense[DENSE_FEATURES.index(name)] for name in prices] == [0.0] * 7


def test_elements_of_an_ad_are_categories_by_name_and_value() -> None:
    made = [
        CreativeFacts("a", "", None, np.zeros(DIMENSIONS), False, 0.0, {"template": "card", "composer": "compose/4"}),
        CreativeFacts("b", "", None, np.zeros(DIMENSIONS), False, 0.0, {"template": "card", "backdrop": "card"}),
    ]
    categories = build(Profile(), facts(), creative_columns(made), NOW).categories
    found = {name: categories[:, [c.name for c in CATEGORIES].index(name)].tolist() for name in ELEMENTS}
    assert found["template"][0] == found["template"][1] != found["backdrop"][1]
    assert found["backdrop"][0] == 0
    assert not any(any(numbers) for name, numbers in found.items() if name not in ("template", "backdrop"))


def test_elements_share_one_table_and_every_other_category_has_its_own() -> None:
    shared = [columns for columns in TABLES if len(columns) > 1]
    assert [[CATEGORIES[k].name for k in columns] for columns in shared] == [list(ELEMENTS)]
    assert sorted(k for columns in TABLES for k in columns) == list(range(len(CATEGORIES)))


def test_creatives_may_be_taken_in_any_order() -> None:
    whole, some = creatives(), creatives().take([2, 0])
    full = build(clicked_coat(), facts(), whole, NOW)
    part = build(clicked_coat(), facts(), some, NOW)
    assert np.array_equal(part.dense, full.dense[[2, 0]])
    assert np.array_equal(part.categories, full.categories[[2, 0]])


def test_no_creatives_give_no_rows() -> None:
    assert build(Profile(), facts(), creative_columns([]), NOW).dense.shape == (0, len(DENSE_FEATURES))


def test_static_features_are_those_declared() -> None:
    assert creatives().static.shape == (3, len(STATIC_FEATURES))
    named = {category.name for category in CATEGORIES if category.size == NAMES}
    assert named == {"creative", "product", "placement", "format", *ELEMENTS}


@pytest.mark.parametrize(
    ("events", "device", "query", "segment"),
    [
        ([], "phone", "", "new_phone"),
        ([], "tablet", "", "new_tablet"),
        ([], "desktop", "", "new_desktop"),
        ([], "", "", "new_unknown"),
        ([], "phone", "boots", "new_searching"),
        ([(Kind.VIEW, 0)], "phone", "", "looking"),
        ([(Kind.VIEW, 0)] * 4, "phone", "", "browsing"),
        ([(Kind.CLICK, 2)], "phone", "", "comparing"),
        ([(Kind.CLICK, 0)], "phone", "", "deciding"),
        ([(Kind.ORDER, 24 * 40)], "phone", "", "former_buyer"),
        ([(Kind.ORDER, 1)], "phone", "", "buyer"),
    ],
)
def test_every_segment_is_reached(events: list[tuple[Kind, int]], device: str, query: str, segment: str) -> None:
    profile = Profile()
    for kind, hours_ago in events:
        profile = apply(profile, Interaction(kind, "coat", micros(NOW - timedelta(hours=hours_ago))), PRODUCTS.get)
    assert segment_of(profile, device, query, NOW) == segment
    assert segment in SEGMENTS
