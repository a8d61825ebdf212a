"""Rounds go on whatever goes wrong in one of them, tell an outage once, and end when they are asked to."""

from __future__ import annotations

import logging

import pytest

from services.common.errors import Unavailable
from services.runtime.rounds import Rounds
from tests.waiting import wait_for


def test_rounds_go_on_after_an_outage_and_after_a_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    fates = [None, Unavailable("redis", "away"), Unavailable("redis", "away"), KeyError("ours"), None]
    done: list[object] = []

    def act() -> None:
        done.append(fates[len(done) % len(fates)])
        if isinstance(done[-1], Exception):
            raise done[-1]

    rounds = Rounds("tests", act, 0.001, "Nothing is lost")
    with caplog.at_level(logging.WARNING):
        rounds.start()
        wait_for("a few rounds", lambda: rounds.failed > 1)
        rounds.stop(5.0)
    ended = len(done)
    warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warned == ["Nothing is lost: Unavailable('redis is unavailable: away')"]
    assert rounds.failed == sum(isinstance(one, KeyError) for one in done)
    assert len(done) == ended


def test_rounds_that_never_began_can_be_stopped() -> None:
    Rounds("tests", lambda: None, 1.0, "").stop(1.0)
