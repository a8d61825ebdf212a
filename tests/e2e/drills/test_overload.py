"""The drill `overload`: goodput holds and latency recovers; a build without admission control is detected.

The time of single calls is tested by the long form only, on a quiet machine: here the generator, the service and any
other load share two cores, and a call that waited a second says nothing about the server.
"""

from __future__ import annotations

import pytest

from tests.e2e.drills.conftest import broken, drilled


def test_three_times_capacity_leaves_goodput_and_base_latency() -> None:
    facts = drilled("overload")
    assert not [promise for promise in broken(facts) if promise.startswith(("goodput", "base latency"))]


@pytest.mark.drills
def test_a_build_without_admission_control_breaks_the_promise() -> None:
    facts = drilled("overload", without="admission")
    assert any("the rest is refused" in promise for promise in broken(facts)), facts
