"""Tastes from clicks: they find what a shopper likes, whatever the order of events, and help with shoppers not seen."""

import numpy as np
import pytest
import torch

from services.features.creative_columns import ELEMENTS
from tests.statistics.training.looks.affinities import Affinities, weights_learnt
from tests.statistics.training.looks.loop import Floats, Tastes
from tests.statistics.training.looks.tastes import LinearTastes, Seen, Words, learnt, loss_of, shifts

ADS = [{"template": template, "palette": palette} for template in ("poster", "studio") for palette in ("night", "sand")]
WORDS = Words(ADS)
LOOKS = WORDS.matrix(ADS)
RATE = 0.2
ORACLE = 0.032  # what knowing each shopper's taste saves of the log loss, from the first impression on


def impressions(seed: int, shoppers: int = 150, each: int = 30) -> Seen:
    """Half of the shoppers click posters three times as often as others do, who click the studio's as often."""
    rng = np.random.default_rng(seed)
    shopper = np.repeat(np.arange(shoppers), each)
    shown = rng.integers(len(ADS), size=len(shopper))
    likes = (shown < 2) == (shopper % 2 == 0)
    clicked = rng.random(len(shopper)) < np.where(likes, 1.5, 0.5) * RATE
    return Seen(LOOKS[shown], np.full(len(shopper), RATE), clicked.astype(np.float64), shopper)


@pytest.fixture(scope="module")
def b() -> Floats:
    """What the clicks of some shoppers teach."""
    return learnt(impressions(1), 1)


@pytest.fixture(scope="module")
def ways(b: Floats) -> list[Tastes]:
    """Both ways to learn tastes, their weights learnt."""
    return [LinearTastes(LOOKS @ b), Affinities(LOOKS, weights_learnt(impressions(1), WORDS))]


def test_the_clicks_of_others_teach_what_helps_with_shoppers_not_seen(b: Floats) -> None:
    seen = impressions(2)
    told = torch.from_numpy(shifts(seen, b))
    expected, clicked = torch.from_numpy(seen.expected), torch.from_numpy(seen.clicked)
    assert loss_of(told, expected, clicked).mean() < loss_of(told * 0, expected, clicked).mean() - ORACLE / 6


def test_who_clicked_posters_is_believed_to_like_posters_in_whatever_order_the_events_came(ways: list[Tastes]) -> None:
    events = [(0, True), (1, True), (2, False), (3, False), (1, True), (2, False), (0, True)]
    for way in ways:
        forward, backward = way.of_a_shopper(), way.of_a_shopper()
        for ad, clicked in events:
            forward.add(ad, RATE, clicked)
        for ad, clicked in reversed(events):
            backward.add(ad, RATE, clicked)
        assert forward.shifts() == pytest.approx(backward.shifts(), abs=1e-12)
        assert min(forward.shifts()[:2]) > max(forward.shifts()[2:]), type(way)


def test_of_a_newcomer_nothing_is_believed(ways: list[Tastes]) -> None:
    for way in ways:
        assert way.of_a_shopper().shifts() == pytest.approx(np.zeros(len(ADS)))


def test_a_value_of_no_known_name_has_no_column() -> None:
    strange = WORDS.matrix([{"template": "neon"}])
    assert strange.tolist() == [[0.0] * len(WORDS.at) + [1.0]]
    assert {name for name, _ in WORDS.at} < set(ELEMENTS)
