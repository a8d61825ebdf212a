"""The comparison of libraries: they differ in looks alone, and who knows more earns more."""

from collections import Counter

import numpy as np

from services.catalogue.catalogue import demo_catalogue
from services.simulator.shoppers import Truth
from services.simulator.shoppers.columns_of_creatives import offers_of
from tests.statistics.training.looks.libraries import (
    THREE,
    crossed_with_three,
    many_looks,
    studio_ads,
    three_looks,
    unlike,
)
from tests.statistics.training.looks.worlds import KNOWING, KNOWING_BUT_LOOKS, UNIFORM, rates
from tests.statistics.training.looks.worlds_compared import in_words

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


def test_a_text_comes_in_all_three_looks_before_it_comes_in_one_again() -> None:
    many = studio_ads(CATALOGUE, 16)
    three = crossed_with_three(many)
    assert [ad.creative_id for ad in three] == [ad.creative_id for ad in many]
    once = [three[at] for at in unlike(three)]
    texts = Counter((ad.product_id, ad.headline) for ad in three)
    assert len(once) == sum(min(times, len(THREE)) for times in texts.values())


def test_who_knows_all_earns_more_than_who_knows_no_tastes_and_he_more_than_chance() -> None:
    found = rates(Truth(3), CATALOGUE, MANY, {}, moments=20)
    assert found[KNOWING] > found[KNOWING_BUT_LOOKS] > found[UNIFORM]


def test_a_gain_is_in_its_interval_and_one_of_nothing_holds_zero() -> None:
    assert in_words([1.02, 1.01, 1.03]).startswith("+2.0 % (-0.")
