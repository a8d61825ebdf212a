"""The drill `judgement`: intervals hold as often as claimed; a build that counts open windows is detected."""

from __future__ import annotations

import pytest

from tests.e2e.drills.conftest import broken, drilled


def test_intervals_hold_as_often_as_they_claim_and_thompson_beats_uniform() -> None:
    facts = drilled("judgement")
    assert not broken(facts)


@pytest.mark.drills
def test_rates_that_include_open_windows_break_the_promise() -> None:
    facts = drilled("judgement", without="closed-windows-only")
    assert any("are not biased" in promise for promise in broken(facts)), facts
