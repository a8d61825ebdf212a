"""At three times capacity what can be answered is, and the rest refused at once; an unguarded door is noticed."""

from __future__ import annotations

from tests.e2e.drills.conftest import broken, drilled


def test_three_times_capacity_is_answered_as_far_as_it_goes_and_refused_beyond() -> None:
    facts = drilled("overload")
    assert not broken(facts)


def test_a_build_that_lets_everybody_in_breaks_the_promise() -> None:
    facts = drilled("overload", without="admission")
    assert any("the rest is refused" in promise for promise in broken(facts)), facts
