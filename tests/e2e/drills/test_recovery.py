"""The drill `recovery`: a killed worker restores its states from its disk and from the changelog."""

from __future__ import annotations

import pytest

from tests.e2e.drills.conftest import broken, drilled


def test_a_killed_worker_restores_every_profile_with_and_without_its_disk() -> None:
    assert broken(drilled("recovery")) == []


@pytest.mark.drills
def test_the_drill_detects_a_worker_that_does_not_read_its_changelog() -> None:
    found = broken(drilled("recovery", without="changelog"))
    assert any("recovered from the changelog" in promise for promise in found)
    assert not any("recovered from the local store" in promise for promise in found)
