"""At three times capacity what can be answered is, and base latency comes back; an unguarded door is noticed.

How soon single calls hear something is judged by the long form, on a quiet machine: here generator, service and
whatever else a test machine does share two cores, and a call that waited a second says nothing about the door.
"""

from __future__ import annotations

from tests.e2e.drills.conftest import broken, drilled


def test_three_times_capacity_leaves_goodput_and_base_latency() -> None:
    facts = drilled("overload")
    assert not [promise for promise in broken(facts) if promise.startswith(("goodput", "base latency"))]


def test_a_build_that_lets_everybody_in_breaks_the_promise() -> None:
    facts = drilled("overload", without="admission")
    assert any("the rest is refused" in promise for promise in broken(facts)), facts
