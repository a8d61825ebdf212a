"""The drill `withdrawals`: ads end within a second at both replicas, and no budget is overrun though one is killed."""

from __future__ import annotations

import pytest

from tests.e2e.drills.conftest import broken, drilled


def test_ads_end_within_a_second_and_no_budget_is_overrun_with_two_replicas_of_which_one_is_killed() -> None:
    assert broken(drilled("withdrawals")) == []


@pytest.mark.drills
def test_a_build_that_looks_for_changes_once_a_minute_shows_ads_too_long() -> None:
    late = broken(drilled("withdrawals", without="prompt-looks"))
    assert any(promise.startswith("sold out: not shown later") for promise in late), late


@pytest.mark.drills
def test_a_build_whose_grants_know_no_bound_overruns_budgets() -> None:
    spent = broken(drilled("withdrawals", without="bounded-grants"))
    assert any(promise.startswith("a budget is overrun") for promise in spent), spent
