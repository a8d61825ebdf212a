"""Tastes for looks: who likes what, and that nothing is known of an ad without elements."""

import numpy as np
import pytest

from services.simulator.shoppers import Truth
from services.simulator.shoppers.shopper import PERSONAS
from services.simulator.shoppers.tastes import PUTS_OFF, SUITS, Looks, liking

LOUD = {"template": "poster", "palette": "vivid", "backdrop": "rays", "picture_size": "medium"}
SOFT = {"template": "gallery", "palette": "paper", "backdrop": "plain", "picture_size": "medium"}
DARK = {"template": "spotlight", "palette": "night", "backdrop": "glow", "picture_size": "small"}


@pytest.mark.parametrize("taste", PERSONAS)
@pytest.mark.parametrize("hour", [3, 12])
def test_an_ad_of_which_nothing_is_known_is_liked_as_before(taste: str, hour: int) -> None:
    assert liking(taste, Looks.of([{}, {"template": "one of the shop's own"}]), hour).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("taste", "hour", "expected"),
    [
        ("bargain", 12, [SUITS, PUTS_OFF, 1.0]),
        ("devotee", 12, [1.0, SUITS, PUTS_OFF]),
        ("follower", 12, [1.0, 1.0, PUTS_OFF]),
        ("careful", 12, [PUTS_OFF, SUITS, 1.0]),
        ("owl", 23, [1.0, PUTS_OFF, SUITS]),
        ("owl", 12, [1.0, 1.0, 1.0]),
        ("luxury", 12, [PUTS_OFF, SUITS, SUITS]),
        ("indifferent", 12, [1.0, 1.0, 1.0]),
    ],
)
def test_tastes_differ_by_persona_and_by_night(taste: str, hour: int, expected: list[float]) -> None:
    assert liking(taste, Looks.of([LOUD, SOFT, DARK]), hour).tolist() == expected


def test_most_shoppers_have_the_taste_of_their_persona_but_not_all() -> None:
    shoppers = [Truth(7).shopper(number) for number in range(2_000)]
    own = np.mean([shopper.taste == shopper.persona for shopper in shoppers])
    assert abs(own - (0.75 + 0.25 * 0.152)) < 0.03  # three standard errors; .152 is the chance of one's own by lot
