"""`adloom drill judgement`: evaluation's intervals hold the truth as often as they claim.

The drill uses simulated shoppers with known true click rates, the served click model, and the product's own functions
from decision to report. Each claim of 95 % is tested over seeded runs by a binomial test at the 1 % level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.tools.drills.drill import Drill, Mutation, Outcome, Promise, Setting

if TYPE_CHECKING:
    from services.tools.drills.interval_coverage.known_rates import World
    from services.tools.drills.interval_coverage.many_runs import Size
    from services.tools.drills.interval_coverage.simulated_loop import RunRecord

RUNS: Final = 400
SURE: Final = 3.29  # standard errors; a deviation of this size has a probability of one in a thousand


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is simulated."""

    moments: int  # of the world
    visitors: int  # of the loop in which thompson learns
    batch: int
    looks: int  # runs whose report is checked while windows are open
    look_after: int  # visitors of each of these runs
    impressions: int  # of each of the many runs
    renewed_after: int  # impressions of a batch in these runs
    moments_each: int  # moments of each of these runs

    def of_runs(self) -> Size:
        """The size of each of the many runs."""
        from services.tools.drills.interval_coverage.many_runs import Size

        return Size(self.impressions, self.renewed_after, self.moments_each)


LONG: Final = Sizes(400, 20_000, 1_000, 40, 1_200, 12_000, 1_000, 24)
SHORT: Final = Sizes(60, 3_000, 500, 6, 600, 2_400, 600, 12)


def run(setting: Setting) -> Outcome:
    """Simulates the loop once, and many small experiments, and compares reports with the truth."""
    from services.tools.drills.interval_coverage.coverage import covered
    from services.tools.drills.interval_coverage.known_rates import world
    from services.tools.drills.interval_coverage.many_runs import CREATIVES, runs
    from services.tools.drills.interval_coverage.verdict import coverage_promises, sums_promise

    sizes = SHORT if setting.short else LONG
    setting.report("shoppers browse, and the served model scores the creatives")
    known = world(sizes.moments, setting.seed)
    effect = _effect(setting, known, sizes)
    bias = _bias(setting, known, sizes)
    setting.report(f"{RUNS} runs of {sizes.impressions:,} impressions")
    coverage = covered(runs(known, setting.seed, RUNS, sizes.of_runs()))
    return Outcome(
        (
            f"{sizes.visitors:,} visitors at {sizes.moments} moments choose among {len(known.creative_ids)} creatives, "
            f"seed {setting.seed}",
            f"{sizes.looks} looks at as many runs of {sizes.look_after:,} visitors while windows are open",
            f"{RUNS} runs of {sizes.impressions:,} impressions over {CREATIVES} creatives, each with its own truths",
        ),
        (
            effect,
            *([] if setting.short else [_on_the_running_loop(setting)]),
            *bias,
            *coverage_promises(coverage, RUNS),
            sums_promise(next(runs(known, setting.seed, 1, sizes.of_runs()))),
        ),
    )


def _effect(setting: Setting, known: World, sizes: Sizes) -> Promise:
    """Thompson compared with uniform, which has a tenth of the visitors as control."""
    from services.tools.drills.interval_coverage.simulated_loop import played
    from services.tools.drills.interval_coverage.true_rates import true_gap

    setting.report("95 % confidence sequences of click rates, o observed, | true, X both; 0 to 40 %")
    record: RunRecord | None = None
    for at, record in enumerate(played(known, setting.seed, setting.folder / "effect", sizes.visitors, sizes.batch)):
        if at and at & (at - 1) == 0 or len(record.shown) == sizes.visitors:
            _draw(setting, record)
    assert record is not None
    (found,) = record.report.comparisons
    true = true_gap(record)
    happened = (
        f"{100 * found.difference:+.1f} points ({100 * found.low:+.1f} to {100 * found.high:+.1f}) over "
        f"{found.impressions:,} and {found.impressions_against:,} impressions; truly {100 * true:+.1f}"
    )
    kept = not found.refused and found.low > 0 and found.low <= true <= found.high
    return Promise("thompson earns more than uniform, and the interval holds the true difference", happened, kept)


def _on_the_running_loop(setting: Setting) -> Promise:
    """The long form also runs the whole stack, where the true rates of the impressions are not recorded."""
    from services.tools.drills.interval_coverage.running_loop import SECONDS, run_for

    setting.report(f"the whole stack for {SECONDS} s")
    (found,) = run_for(setting.folder / "state", setting.environ, setting.seed)["comparisons"]
    if found["refused"]:
        return Promise("thompson earns more than uniform on the running loop", found["refused"], False)
    points = [f"{100 * found[name]:+.1f}" for name in ("difference", "low", "high")]
    happened = (
        f"{points[0]} points ({points[1]} to {points[2]}) over {found['impressions']:,} and "
        f"{found['impressions_against']:,} impressions of {SECONDS} s"
    )
    return Promise("thompson earns more than uniform on the running loop", happened, found["low"] > 0)


def _draw(setting: Setting, record: RunRecord) -> None:
    from services.tools.drills.interval_coverage.interval_picture import picture
    from services.tools.drills.interval_coverage.true_rates import bars

    for line in picture(bars(record), 0.4):
        setting.report(line)


def _bias(setting: Setting, known: World, sizes: Sizes) -> tuple[Promise, Promise]:
    """Checks the reports of runs while windows are open."""
    from services.tools.drills.interval_coverage.simulated_loop import played
    from services.tools.drills.interval_coverage.true_rates import Excess, excess_of_report, excess_of_settled

    ours, naive = Excess(), Excess()
    for number in range(sizes.looks):
        folder = setting.folder / f"look-{number}"
        for record in played(
            known, 1_000 * (setting.seed + 1) + number, folder, sizes.look_after, sizes.look_after // 2
        ):
            last = record
        ours, naive = ours + excess_of_report(last), naive + excess_of_settled(last)
    return (
        Promise(
            "the reported rates, over closed windows, are not biased",
            f"{ours.text()}",
            abs(ours.z) <= SURE and ours.clicks > 0,
        ),
        Promise("a rate over what is settled so far is biased upwards", f"{naive.text()}", naive.z > SURE),
    )


DRILL = Drill(
    "judgement",
    "thompson beats uniform by a stated effect; intervals hold as often as they claim; reported rates are not biased",
    run,
    (
        Mutation(
            "closed-windows-only",
            "services/evaluation/counting.py",
            "if message.window_closed and store.add_if_new(",
            "if store.add_if_new(",
        ),
        Mutation(
            "weights-of-the-mixture",
            "services/evaluation/confidence.py",
            "_LOG_WEIGHT: Final = -np.log(len(_LAMBDAS))",
            "_LOG_WEIGHT: Final = -np.log(1.0)",
        ),
        Mutation(
            "no-surer-than-the-effective-sample",
            "services/evaluation/off_policy.py",
            "n = min(v * (1 - v) / variance, size) if",
            "n = v * (1 - v) / variance if",
        ),
    ),
)
