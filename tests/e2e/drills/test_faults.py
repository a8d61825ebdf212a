"""The drill `faults`: parts are stopped, frozen and slowed under load, and creative is killed."""

from __future__ import annotations

from tests.e2e.drills.conftest import broken, drilled


def test_pages_are_answered_in_time_and_recorded_whatever_part_is_late_or_down() -> None:
    assert broken(drilled("faults")) == []


def test_the_drill_notices_decisions_that_die_with_their_process() -> None:
    lost = broken(drilled("faults", without="journal"))
    assert any("no decision that it answered is lost" in promise for promise in lost), lost
