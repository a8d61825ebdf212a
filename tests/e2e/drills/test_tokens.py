"""The drill `tokens`: bad tokens are refused, keys rotate under load; a build without signature checks is detected."""

from __future__ import annotations

import pytest

from tests.e2e.drills.conftest import broken, drilled


def test_bad_tokens_are_refused_by_reason_and_keys_rotate_without_loss() -> None:
    facts = drilled("tokens")
    assert not broken(facts)


@pytest.mark.drills
def test_a_build_that_does_not_check_signatures_breaks_the_promise() -> None:
    facts = drilled("tokens", without="signature")
    assert any("the token rules refuse each" in promise for promise in broken(facts)), facts
    assert any("each becomes a dead letter" in promise for promise in broken(facts)), facts
    assert any(promise.startswith("over HTTP") for promise in broken(facts)), facts


@pytest.mark.drills
def test_a_build_that_gives_each_visit_of_a_link_an_id_of_its_own_breaks_the_promise() -> None:
    (found,) = broken(drilled("tokens", without="one-id-a-link"))
    assert found.startswith("bad tokens publish nothing there, and a valid one")
