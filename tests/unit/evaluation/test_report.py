"""What stands on the report, in which order, and under the names that outsiders rely on."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from protos.gen.adloom.events.v1 import policy_pb2
from services.cli.report import facts, view
from services.evaluation import report
from services.evaluation.outcome_tally import OutcomeTally
from services.tools.demo.comparison_view import comparison_line
from tests.unit.evaluation.outcomes_made import outcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TARGETS = {"uniform": 0.5, "thompson": 0.5}


def tallied(*groups: tuple[str, bool, int]) -> OutcomeTally:
    """One tally over groups of (policy, foreign, impressions), a tenth of them clicked."""
    tally = OutcomeTally()
    for policy, foreign, count in groups:
        for number in range(count):
            made = outcome(number, clicked=number % 10 == 0, policy_id=policy, foreign=foreign)
            tally.add_new(made)
            tally.add_closed(made)
    return tally


def test_own_traffic_stands_before_imported_logs_and_a_log_is_estimated_as_a_whole_too() -> None:
    tally = tallied(
        ("open-bandit-random", True, 200),
        ("thompson", False, 300),
        ("open-bandit-bts", True, 200),
        ("uniform", False, 150),
    )
    found = report.live(tally, {}, NOW)
    assert [p.policy for p in found.policies] == ["uniform", "thompson", "open-bandit-bts", "open-bandit-random"]
    assert [(e.traffic, e.policy) for e in found.estimates if e.estimator == "ips"] == [
        ("own", "uniform"),
        ("own", "thompson"),
        ("uniform", "thompson"),
        ("thompson", "uniform"),
        ("open-bandit-bts", "uniform"),
        ("open-bandit-bts", "thompson"),
        ("open-bandit-random", "uniform"),
        ("open-bandit-random", "thompson"),
        ("open-bandit", "uniform"),
        ("open-bandit", "thompson"),
    ]


def test_a_report_names_the_policies_with_most_impressions_however_many_an_imported_log_has() -> None:
    groups = [(f"campaign-{number}", True, 1 + number % 7) for number in range(600)]
    found = report.live(tallied(("uniform", False, 2), *groups), {}, NOW)
    assert len(found.policies) == report.MOST_POLICIES
    assert found.policies[0].policy == "uniform"
    assert {p.impressions for p in found.policies[1:]} == {7}
    assert found.ByteSize() < 100_000


def test_the_json_has_the_keys_that_outsiders_rely_on() -> None:
    told = facts(report.live(tallied(("uniform", False, 150)), {0: 150}, NOW))
    assert told["as_of"] == "2026-03-01T12:00:00+00:00"
    assert (told["impressions"], told["outcomes"]) == (0, 150)
    assert told["outcomes_by_kind"] == {"CLICKED": 15, "IGNORED": 135}
    assert set(told["policies"][0]) >= {"policy", "impressions", "clicks", "ctr", "ctr_low", "ctr_high"}
    assert set(told["estimates"][0]) >= {"estimator", "policy", "value", "low", "high", "effective_sample_size"}
    assert told["policies"][0]["ctr"] == pytest.approx(0.1)


def test_too_little_traffic_is_refused_in_words_and_null_in_json() -> None:
    told = facts(report.live(tallied(("uniform", False, 20)), {}, NOW))
    assert told["estimates"][0]["value"] is None
    assert told["estimates"][0]["refused"] == "effective sample size 20.0 is below 100"


def test_an_empty_report_is_shown_as_one() -> None:
    empty = report.live(OutcomeTally(), {}, NOW)
    assert facts(empty)["policies"] == facts(empty)["estimates"] == []


def test_thompson_is_held_against_the_control_under_names_that_outsiders_rely_on() -> None:
    told = facts(report.live(tallied(("uniform", False, 150), ("thompson", False, 300)), {}, NOW))
    (one,) = told["comparisons"]
    assert (one["policy"], one["against"]) == ("thompson", "uniform")
    assert (one["impressions"], one["impressions_against"]) == (300, 150)
    assert one["difference"] == 0.0
    assert one["low"] < 0.0 < one["high"]


def test_a_policy_without_impressions_is_not_compared_and_says_so() -> None:
    (one,) = facts(report.live(tallied(("thompson", False, 300)), {}, NOW))["comparisons"]
    assert one["difference"] is one["low"] is one["high"] is None
    assert one["refused"] == "no impressions of uniform"


def test_imported_logs_are_not_held_against_our_control() -> None:
    assert not report.live(tallied(("open-bandit-bts", True, 200)), {}, NOW).comparisons


def test_before_the_first_window_closes_the_terminal_says_what_is_waited_for() -> None:
    console = Console(width=160, record=True, file=None)
    with console.capture() as capture:
        console.print(view(policy_pb2.Report(impressions=7)))
    assert "7 impressions served" in capture.get()
    assert "Nothing has been measured yet: an impression counts once its attribution window" in capture.get()
    assert "effective sample" not in capture.get()


def test_the_terminal_shows_rates_intervals_and_refusals() -> None:
    console = Console(width=160, record=True, file=None)
    with console.capture() as capture:
        console.print(view(report.live(tallied(("uniform", False, 150), ("thompson", False, 20)), {}, NOW)))
    text = capture.get()
    assert "10.00 %" in text
    assert "refused: effective sample size 20.0 is below 100" in text
    assert "thompson - uniform: +0.00 percentage points" in text
    assert "not yet told apart" in text


def rendered_tally(*groups: tuple[str, bool, bool, int]) -> OutcomeTally:
    """Groups of (policy, with the pixel, rendered, impressions), a tenth of them clicked."""
    tally = OutcomeTally()
    for policy, pixel, rendered, count in groups:
        for number in range(count):
            made = outcome(number, clicked=number % 10 == 0, policy_id=policy, render_pixel=pixel, rendered=rendered)
            tally.add_closed(made)
    return tally


def test_an_ad_with_the_pixel_counts_only_where_it_was_rendered() -> None:
    tally = rendered_tally(("uniform", True, True, 300), ("uniform", True, False, 200), ("thompson", True, False, 50))
    found = report.live(tally, {}, NOW)
    assert found.basis == report.RENDERED
    assert [(p.policy, p.served, p.with_pixel, p.rendered, p.impressions) for p in found.policies] == [
        ("uniform", 500, 500, 300, 300),
        ("thompson", 50, 50, 0, 0),
    ]
    assert found.policies[0].ctr == pytest.approx(0.1)
    assert not found.policies[1].HasField("ctr")
    console = Console(file=io.StringIO(), width=200)
    console.print(view(found))
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # of a StringIO
    assert "over rendered impressions with closed windows" in shown
    assert "Assumes that whether an ad is rendered does not depend on" in shown
    assert "60.0 % of 500" in shown
    assert {e.impressions for e in found.estimates if e.traffic == "own"} == {300}
    assert tally.excluded["not_rendered"] == 250
    assert sum(arm.impressions for arm in tally.arms.values()) == 300


@pytest.mark.parametrize(
    ("groups", "basis"),
    [
        ([], ""),
        ([("uniform", False, False, 3)], report.SERVED),
        ([("uniform", True, True, 3), ("uniform", False, False, 1)], report.BOTH),
    ],
)
def test_the_report_says_what_its_rates_are_over(groups: list[tuple[str, bool, bool, int]], basis: str) -> None:
    found = report.live(rendered_tally(*groups), {}, NOW)
    assert facts(found)["basis"] == found.basis == basis


def test_policies_whose_ads_are_rendered_more_or_less_often_are_not_called_comparable() -> None:
    alike = rendered_tally(*((p, True, r, 500) for p in ("uniform", "thompson") for r in (True, False)))
    found = report.live(alike, {}, NOW).comparisons[0]
    assert found.render_low < 0 < found.render_high
    assert "not comparable" not in comparison_line(found)
    apart = rendered_tally(("uniform", True, True, 500), ("uniform", True, False, 500), ("thompson", True, True, 1000))
    found = report.live(apart, {}, NOW).comparisons[0]
    assert found.render_difference == pytest.approx(0.5)
    assert "not comparable" in comparison_line(found)


def test_a_shopper_who_allows_no_profile_counts_in_rates_and_moves_no_arm_where_one_was_used() -> None:
    tally = OutcomeTally()
    for number, no_posterior in enumerate([False, True]):
        tally.add_closed(outcome(number, no_training=True, no_posterior=no_posterior))
    assert [clicks.impressions for clicks in tally.rates.values()] == [2]
    assert [arm.impressions for arm in tally.arms.values()] == [1]
    assert tally.excluded["no_consent"] == 1
