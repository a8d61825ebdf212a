"""Killed wherever it hurts, the loop says what the oracle says; without the ids that it remembers, it does not."""

from __future__ import annotations

from tests.e2e.drills.conftest import broken, drilled


def test_all_that_is_said_equals_the_oracles_whoever_is_killed() -> None:
    assert broken(drilled("exactness")) == []


def test_a_build_that_forgets_which_events_it_has_applied_is_caught() -> None:
    told = broken(drilled("exactness", without="remembered-ids"))
    assert any("integers of every profile" in text for text in told)
