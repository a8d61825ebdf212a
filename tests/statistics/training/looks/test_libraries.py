"""The comparison of libraries: they differ in looks alone, and who knows more earns more."""

import numpy as np

from services.catalogue.catalogue import demo_catalogue
from services.simulator.shoppers import Truth
from services.simulator.shoppers.columns_of_creatives import offers_of
from tests.statistics.training.looks.__main__ import in_words
from tests.statistics.training.looks.libraries import THREE, many_looks, three_looks
from tests.statistics.training.looks.worlds import KNOWING, KNOWING_BUT_LOOKS, UNIFORM, rates

CATALOGUE = demo_catalogue()
MANY = many_looks(CATALOGUE)


def test_the_libraries_differ_in_looks_alone() -> None:
    many, three = (offers_of(ads, CATALOGUE) for ads in (MANY, three_looks(MANY)))
    assert (many.creative_ids, many.product_ids) == (three.creative_ids, three.product_ids)
    for name in ("category", "price_minor", "colour", "style", "notice"):
        assert np.array_equal(getattr(many, name), getattr(three, name)), name
    assert (
        len(np.unique(three.looks.traits[:6], axis=1).T)
        <= len(THREE) + 1
        < len(np.unique(many.looks.traits[:6], axis=1).T)
    )


def test_who_knows_all_earns_more_than_who_knows_no_tastes_and_he_more_than_chance() -> None:
    found = rates(Truth(3), CATALOGUE, MANY, {}, moments=20)
    assert found[KNOWING] > found[KNOWING_BUT_LOOKS] > found[UNIFORM]


def test_a_gain_is_in_its_interval_and_one_of_nothing_holds_zero() -> None:
    assert in_words([1.02, 1.01, 1.03]).startswith("+2.0 % (-0.")
