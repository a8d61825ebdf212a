"""The drill `exactness`: results equal the oracle's after kills; a build that forgets applied events is detected."""

from __future__ import annotations

import pytest

from tests.e2e.drills.conftest import broken, drilled


def test_all_results_equal_the_oracles_after_any_kill() -> None:
    assert broken(drilled("exactness")) == []


@pytest.mark.drills
def test_a_build_that_forgets_applied_events_is_detected() -> None:
    result = broken(drilled("exactness", without="remembered-ids"))
    assert any("integers of every profile" in text for text in result)
