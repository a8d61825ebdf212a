"""Tests the claimed coverage of intervals by their misses over many runs."""

from __future__ import annotations

from typing import Final

from services.evaluation.off_policy import MIN_EFFECTIVE_SAMPLE
from services.tools.drills.drill import Promise
from services.tools.drills.interval_coverage.coverage import Coverage, IntervalCounts
from services.tools.drills.interval_coverage.many_runs import Run, equal_to_the_tally

LEVEL: Final = 0.01  # of the binomial test of the number of misses
WIDEST: Final = 2.5  # times the width that an interval for one moment needs; otherwise any width would pass
_CAUGHT: Final = 1e-6  # for intervals that are wrong on purpose
_ROUNDING: Final = 1e-9  # of sums of floats in another order, relative


def coverage_promises(coverage: Coverage, runs: int) -> tuple[Promise, ...]:
    """Promises about every interval, about refusals, and about the test itself, over `runs` runs."""
    return (
        *(_at_one_moment(name, held, runs) for name, held in coverage.at_the_end.items()),
        _refusals(coverage),
        *(_at_any_time(name, held, coverage, runs) for name, held in coverage.at_any_time.items()),
        _could_fail(coverage),
    )


def sums_promise(one: Run) -> Promise:
    """The sums of the runs, which are made with arrays, equal evaluation's own sums over one of them."""
    worst = equal_to_the_tally(one)
    text = "the runs' sums are those of evaluation's tally over the same outcomes"
    return Promise(text, f"{len(one.clicked):,} outcomes, largest relative difference {worst:.1e}", worst < _ROUNDING)


def _at_one_moment(name: str, held: IntervalCounts, runs: int) -> Promise:
    times = held.width / held.needed_width
    happened = (
        f"{_missed(held)} ({held.above} too high, {held.missed - held.above} too low), "
        f"mean width {100 * held.width:.2f} points, {times:.2f} times what its errors need; refused in {held.refused}"
    )
    text = f"{name}: misses the true rate in 5 % of runs at most, and is not too wide"
    return Promise(text, happened, held.runs >= runs // 2 and held.p_value >= LEVEL and times <= WIDEST)


def _at_any_time(name: str, held: IntervalCounts, coverage: Coverage, runs: int) -> Promise:
    times = held.width / coverage.wald_width(name)
    happened = f"{_missed(held)}, mean width at the end {100 * held.width:.2f} points, {times:.2f} times Wald's"
    text = f"{name}: the confidence sequence misses at any time in 5 % of runs at most, and is not too wide"
    return Promise(text, happened, held.runs == runs and held.p_value >= LEVEL and times <= WIDEST)


def _missed(held: IntervalCounts) -> str:
    return f"{held.missed} of {held.runs} missed, {held.missed / max(held.runs, 1):.1%}, binomial p {held.p_value:.2g}"


def _refusals(coverage: Coverage) -> Promise:
    """After a quarter of each run there is too little data for most estimates."""
    early = coverage.at_a_quarter.values()
    refused, given = sum(held.refused for held in early), sum(held.runs for held in early)
    happened = (
        f"after a quarter of each run {refused} of {refused + given} estimates refused; of the {given} others "
        f"{sum(held.missed for held in early)} missed; "
        f"{coverage.unfounded} given below an effective sample of {MIN_EFFECTIVE_SAMPLE:.0f}"
    )
    sound = all(held.p_value >= LEVEL for held in early if held.runs)
    text = "estimates are refused where there is too little data, and the others hold 95 %"
    return Promise(text, happened, coverage.unfounded == 0 and sound)


def _could_fail(coverage: Coverage) -> Promise:
    """The test can fail: intervals that are wrong for this use are detected."""
    happened = ", ".join(f"{name}: {held.missed} of {held.runs} missed" for name, held in coverage.wald.items())
    text = "an interval for one moment, checked at all times, is detected as missing more often"
    return Promise(text, happened, all(held.p_value < _CAUGHT for held in coverage.wald.values()))
