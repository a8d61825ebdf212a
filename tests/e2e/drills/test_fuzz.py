"""Whatever bytes come to a door, it answers; a build that makes times of any two numbers is seen to fall over."""

from __future__ import annotations

from tests.e2e.drills.conftest import broken, drilled


def test_every_door_takes_or_refuses_what_comes() -> None:
    facts = drilled("fuzz")
    assert not broken(facts)
    assert len(facts["promises"]) == 8


def test_a_build_that_does_not_look_at_times_breaks_the_promise() -> None:
    facts = drilled("fuzz", without="moments")
    assert any(promise.startswith("events as protobuf") and "crash" in promise for promise in broken(facts)), facts
