"""The interval for a difference equals a slow reference, covers at every moment at once, and is narrower than a box."""

from __future__ import annotations

import math

import numpy as np
import pytest

from services.evaluation.confidence import ALPHA, click_rate, log_evidence
from services.evaluation.difference import difference, rules_out
from services.evaluation.outcome_tally import Clicks

RUNS = 400
LENGTH = 2_000
# More misses than this among 400 runs would happen once in 1,000 where the true rate of misses were 5 %.
TOLERATED = 34


def plain_log_evidence(m: float, clicks: int, impressions: int) -> float:
    """log of sum_j w_j exp(lambda_j k) / (1 - m + m e^lambda_j)^n, term by term."""
    shifts: list[float] = [5e-3 * 600 ** (j / 39) for j in range(40)]
    logs = [s * clicks - impressions * math.log(1 - m + m * math.exp(s)) for s in (*shifts, *(-s for s in shifts))]
    most = max(logs)
    return most + math.log(math.fsum(math.exp(one - most) for one in logs) / 80)


@pytest.mark.parametrize(("a", "b"), [((400, 40), (150, 5)), ((60, 0), (30, 3)), ((1_000, 80), (10, 0))])
def test_it_is_the_spread_of_all_pairs_of_rates_that_the_evidence_allows(
    a: tuple[int, int], b: tuple[int, int]
) -> None:
    grid = [i / 2_000 for i in range(2_001)]
    of_a = [plain_log_evidence(m, a[1], a[0]) for m in grid]
    of_b = [plain_log_evidence(m, b[1], b[0]) for m in grid]
    together = np.array(of_a)[:, None] + np.array(of_b)[None, :]
    gaps = (np.array(grid)[:, None] - np.array(grid)[None, :])[together < math.log(20)]
    found = difference(Clicks(*a), Clicks(*b))
    assert found.low <= gaps.min() <= found.low + 1e-3
    assert found.high - 1e-3 <= gaps.max() <= found.high


@pytest.mark.parametrize("gap", [0.0, 0.04])
def test_it_holds_the_true_difference_at_every_look_in_95_percent_of_runs(gap: float) -> None:
    chance = np.random.default_rng(11)
    looks = np.unique(np.geomspace(20, LENGTH, 40).astype(int))
    missed = 0
    for _ in range(RUNS):
        treated = chance.random(LENGTH) < 0.8
        clicked = chance.random(LENGTH) < np.where(treated, 0.05 + gap, 0.05)
        n, k = np.cumsum(treated), np.cumsum(clicked & treated)
        rest, other = np.cumsum(~treated), np.cumsum(clicked & ~treated)
        i = looks - 1
        pair = log_evidence(0.05 + gap, k[i], n[i]) + log_evidence(0.05, other[i], rest[i])
        doubtful = i[pair >= -math.log(ALPHA)]  # elsewhere the true pair of rates shows the gap to be inside
        missed += any(rules_out(gap, _clicks(n[i], k[i]), _clicks(rest[i], other[i])) for i in doubtful)
    assert missed <= TOLERATED


def _clicks(impressions: np.int64, clicks: np.int64) -> Clicks:
    return Clicks(int(impressions), int(clicks))


def test_it_tells_policies_apart_earlier_than_their_own_intervals_do() -> None:
    a, b = Clicks(2_000, 160), Clicks(2_000, 80)
    mine, of_a, of_b = difference(a, b), click_rate(160, 2_000), click_rate(80, 2_000)
    assert mine.high - mine.low < 0.9 * ((of_a.high - of_a.low) + (of_b.high - of_b.low))
    assert mine.low > of_a.low - of_b.high


def test_nothing_is_known_without_impressions_of_both() -> None:
    assert difference(Clicks(10, 1), Clicks()) == difference(Clicks(), Clicks(3, 0))
    assert (difference(Clicks(), Clicks()).low, difference(Clicks(), Clicks()).high) == (-1.0, 1.0)
