"""The drill `replay`: the same log in an empty deployment gives the same profiles, outcomes and dead letters."""

from __future__ import annotations

import pytest

from tests.e2e.drills.conftest import broken, drilled


def test_the_same_log_gives_the_same_profiles_outcomes_and_dead_letters() -> None:
    assert broken(drilled("replay")) == []


@pytest.mark.drills
def test_the_drill_detects_times_that_are_not_the_logs() -> None:
    assert any("outcomes" in promise for promise in broken(drilled("replay", without="log-times")))
