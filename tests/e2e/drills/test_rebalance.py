"""The drill `rebalance`: workers start, freeze, wake and end, and every event still counts once."""

from __future__ import annotations

import pytest

from tests.e2e.drills.conftest import broken, drilled


def test_profiles_stay_exact_while_partitions_move_away_from_frozen_workers() -> None:
    assert broken(drilled("rebalance")) == []


@pytest.mark.drills
def test_the_drill_detects_rows_that_a_woken_worker_writes_over_newer_ones() -> None:
    assert any("when they woke: integers" in promise for promise in broken(drilled("rebalance", without="fence")))
