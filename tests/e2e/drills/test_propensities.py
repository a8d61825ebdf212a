"""The drill `propensities`: creatives are drawn as often as logged; a draw from another vector is detected."""

from __future__ import annotations

from tests.e2e.drills.conftest import broken, drilled


def test_creatives_are_drawn_as_often_as_logged_alone_and_in_slates() -> None:
    facts = drilled("propensities")
    assert not broken(facts)


def test_a_draw_from_another_vector_than_is_logged_breaks_the_promise() -> None:
    facts = drilled("propensities", without="drawn-from-what-is-logged")
    assert any("as often as logged" in promise for promise in broken(facts)), facts
