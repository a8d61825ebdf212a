"""The drill `fuzz`: parsers accept or refuse any bytes; a build that does not check times is detected."""

from __future__ import annotations

import pytest

from tests.e2e.drills.conftest import broken, drilled


def test_every_parser_accepts_or_refuses_any_bytes() -> None:
    facts = drilled("fuzz")
    assert not broken(facts)
    assert len(facts["promises"]) == 14


def test_a_build_that_does_not_check_times_breaks_the_promise() -> None:
    facts = drilled("fuzz", without="moments")
    assert any(promise.startswith("events as protobuf") and "crash" in promise for promise in broken(facts)), facts


@pytest.mark.drills
@pytest.mark.parametrize(("without", "target"), [("picture-names", "HTTP routes"), ("unpacked-bytes", "feeds")])
def test_a_target_without_a_check_breaks_its_promise_alone(without: str, target: str) -> None:
    (found,) = broken(drilled("fuzz", without=without))
    assert found.startswith(target)
