"""Training traffic is reproducible, and has the served features."""

from datetime import UTC, datetime

import numpy as np

from services.assets.demo import demo_creatives
from services.catalogue.catalogue import demo_catalogue
from services.features.vector import CATEGORIES, DENSE_FEATURES
from services.simulator.shoppers import OfflineLog, Truth, offline_log

CATALOGUE = demo_catalogue()
UNTIL = datetime(2026, 1, 1, tzinfo=UTC)


def made(seed: int = 3, impressions: int = 400) -> OfflineLog:
    return offline_log(
        Truth(7), CATALOGUE, demo_creatives(CATALOGUE), impressions=impressions, shoppers=20, days=28, until=UNTIL,
        seed=seed,
    )  # fmt: skip


def test_same_seed_gives_the_same_rows() -> None:
    one, again, other = made(), made(), made(seed=4)
    for name in ("dense", "categories", "clicks", "user", "probability", "creative", "shown_at_ms"):
        assert np.array_equal(getattr(one, name), getattr(again, name)), name
    assert not np.array_equal(one.dense, other.dense)


def test_shapes_are_those_of_the_declared_features() -> None:
    log = made()
    assert log.dense.shape == (400, len(DENSE_FEATURES))
    assert log.categories.shape == (400, len(CATEGORIES))
    assert np.isfinite(log.dense).all()
    for column, category in zip(log.categories.T, CATEGORIES, strict=True):
        assert 0 <= column.min() <= column.max() < category.size
    assert log.propensity == 1 / 241


def test_profiles_grow_with_time_and_for_a_tenth_of_the_requests_none_is_read() -> None:
    log = made()
    known = log.dense[:, DENSE_FEATURES.index("known")] > 0
    days = log.dense[:, DENSE_FEATURES.index("log_days_known")]
    for number in range(20):
        rows = log.user == number
        assert (np.diff(log.shown_at_ms[rows]) >= 0).all()
        assert (np.diff(days[rows & known]) >= 0).all()
    assert 0.84 < known.mean() < 0.96  # of 400, four standard errors; an ad is asked for after the page was viewed
    assert not log.dense[~known][:, [DENSE_FEATURES.index(f"interest_match_{life}") for life in ("10m", "14d")]].any()


def test_impressions_are_within_the_requested_days() -> None:
    log = made()
    last = UNTIL.timestamp() * 1000
    assert log.shown_at_ms.min() >= last - 28 * 86_400_000
    assert log.shown_at_ms.max() < last + 3_600_000  # a visit that began before the end is played to its end


def test_progress_ends_at_the_number_wanted() -> None:
    reports: list[tuple[int, int]] = []
    offline_log(
        Truth(7), CATALOGUE, demo_creatives(CATALOGUE), impressions=50, shoppers=5, days=7, until=UNTIL, seed=1,
        progress=lambda *report: reports.append(report),
    )  # fmt: skip
    assert reports[-1] == (50, 50)
