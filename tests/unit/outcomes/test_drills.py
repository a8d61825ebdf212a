"""A draw whose seed the caller gave is an exercise: what follows it is told apart, whatever becomes of it."""

from __future__ import annotations

from services.evaluation.outcome_tally import OutcomeTally
from tests.unit.outcomes.test_processor import Desk, minutes, outcomes


def test_whatever_follows_a_drill_says_so() -> None:
    clicked, silent = Desk(), Desk()
    clicked.read(clicked.shown(experiment_arm="drill"))
    early = outcomes(clicked.read(clicked.click("i1", minutes(3), agent="Googlebot/2.1")))
    ordered = outcomes(clicked.read(clicked.order("i1", minutes(4), 100)))
    closed = outcomes(clicked.read(until=minutes(31)))
    silent.read(silent.shown(experiment_arm="drill"))
    ignored = outcomes(silent.read(until=minutes(31)))
    settled = [*early, *ordered, *closed, *ignored]
    assert len(settled) >= 4
    assert {outcome.invalid_traffic for outcome in settled} == {"drill"}


def test_other_arms_are_traffic() -> None:
    for arm in ("", "control", "treatment"):
        desk = Desk()
        desk.read(desk.shown(experiment_arm=arm))
        assert [outcome.invalid_traffic for outcome in outcomes(desk.read(until=minutes(31)))] == [""]


def test_a_drill_moves_no_rate_no_estimate_and_no_posterior() -> None:
    desk, tally = Desk(), OutcomeTally()
    desk.read(desk.shown(experiment_arm="drill", creative_id="c", candidates=["c"], scores=[0.1]))
    (outcome,) = outcomes(desk.read(until=minutes(31)))
    tally.add_new(outcome)
    tally.add_closed(outcome)
    assert (tally.rates, tally.weights, tally.arms) == ({}, {}, {})
    assert tally.excluded == {"drill": 1}
