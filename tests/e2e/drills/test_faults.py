"""The drill `faults`: parts are killed, frozen and slowed under load, and creative is killed."""

from __future__ import annotations

import pytest

from tests.e2e.drills.conftest import broken, drilled


def test_requests_are_answered_in_time_and_recorded_while_any_part_is_late_or_down() -> None:
    assert broken(drilled("faults")) == []


@pytest.mark.drills
def test_the_drill_detects_decisions_that_are_lost_with_their_process() -> None:
    lost = broken(drilled("faults", without="journal"))
    assert any("no decision that it answered is lost" in promise for promise in lost), lost
