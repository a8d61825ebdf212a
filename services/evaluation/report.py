"""Builds the report that people read from the sums; pure.

Rates and estimates of our own traffic come first, then those of imported logs, each log under its own name. Where
several policies of one log were imported (`open-bandit-random`, `open-bandit-bts`), the whole log is estimated too.
Each of our own policies is compared with the control: the report gives the difference of their click rates, and of the
rendered shares of their ads where these carry the render pixel. Rates over rendered impressions assume that the two
shares do not differ (`tally.py`); `basis` says what rates and estimates of our own traffic are over.

Imported logs serve to compare our estimates with published ones. So their estimates show the formula's value even
where the estimator refuses; `refused` then says why, and there is no interval. A refused estimate from our own traffic
has no value.

A report is one message and is made every second, so its size is bounded, however many policies an imported log names.
It lists the `MOST_POLICIES` policies with the most impressions, ours first, and for each log estimates the
`MOST_TARGETS` policies whose probabilities the most impressions tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from protos.gen.adloom.events.v1 import policy_pb2
from services.common.topics import LIVE_REPORT
from services.evaluation.confidence import click_rate
from services.evaluation.difference import difference
from services.evaluation.off_policy import WeightSums, ips, snips
from services.evaluation.outcome_tally import JUDGED, Clicks, OutcomeTally, Shares, TrafficKind
from services.policies.assignment import UNIFORM

MOST_POLICIES: Final = 50
MOST_TARGETS: Final = 10

_LONGEST_NAME: Final = 128  # characters

SERVED: Final = "served impressions"
RENDERED: Final = "rendered impressions"
BOTH: Final = "rendered impressions where the ad carries the render pixel, served ones elsewhere"

OWN: Final = "own"
"""The name of our own traffic over all acting policies; each impression has its own propensity."""


@dataclass(frozen=True, slots=True)
class LogEstimates:
    """The traffic that estimates are made from, under one name."""

    name: str
    sources: tuple[TrafficKind, ...]


def live(total: OutcomeTally, offsets: Mapping[int, int], now: datetime) -> policy_pb2.Report:
    """The running report; `offsets` are those after the last outcome included, by partition of `ad.outcomes`."""
    rates = named({traffic: Clicks() for traffic in total.shares} | total.rates)
    counted = [traffic for traffic, clicks in rates.items() if clicks.impressions]
    return policy_pb2.Report(
        report_id=LIVE_REPORT,
        as_of=now,
        impressions=total.impressions,
        outcomes=sum(total.outcomes.values()),
        policies=[_figures(t, rates[t], total.shares.get(t, Shares())) for t in _ordered(rates)],
        estimates=[estimate for log in logs(counted) for estimate in _estimates(total, log)],
        included_offsets=dict(offsets),
        comparisons=list(_comparisons(rates, total.shares)),
        basis=basis(total.shares),
        outcomes_by_kind=total.outcomes,
    )


def basis(shares: Mapping[TrafficKind, Shares]) -> str:
    """What rates of our own traffic are over; empty without own traffic.

    >>> basis({TrafficKind("uniform", False): Shares(served=9, with_pixel=9, rendered=5)})
    'rendered impressions'
    """
    own = sum((share for traffic, share in shares.items() if not traffic.imported), Shares())
    if not own.served:
        return ""
    return {0: SERVED, own.served: RENDERED}.get(own.with_pixel, BOTH)


def named(rates: Mapping[TrafficKind, Clicks]) -> dict[TrafficKind, Clicks]:
    """The rates that the report lists."""
    short = [traffic for traffic in rates if len(traffic.policy) <= _LONGEST_NAME]
    most = sorted(short, key=lambda traffic: (traffic.imported, -rates[traffic].impressions, traffic.policy))
    return {traffic: rates[traffic] for traffic in most[:MOST_POLICIES]}


def logs(rates: Iterable[TrafficKind]) -> Iterator[LogEstimates]:
    """The traffic that estimates are made from, in the order of the report."""
    own = tuple(traffic for traffic in _ordered(rates) if not traffic.imported)
    if own:
        yield LogEstimates(OWN, own)
        yield from (LogEstimates(traffic.policy, (traffic,)) for traffic in own)
    imported = [traffic for traffic in _ordered(rates) if traffic.imported]
    yield from (LogEstimates(traffic.policy, (traffic,)) for traffic in imported)
    by_log: dict[str, list[TrafficKind]] = defaultdict(list)
    for traffic in imported:
        by_log[traffic.policy.rpartition("-")[0]].append(traffic)
    yield from (LogEstimates(name, tuple(sources)) for name, sources in by_log.items() if name and len(sources) > 1)


def _ordered(rates: Iterable[TrafficKind]) -> list[TrafficKind]:
    """Our own policies first, the control before the others."""
    known = {policy: rank for rank, policy in enumerate(JUDGED)}
    return sorted(rates, key=lambda t: (t.imported, known.get(t.policy, len(known)), t.policy))


def _figures(traffic: TrafficKind, clicks: Clicks, shares: Shares) -> policy_pb2.PolicyFigures:
    """The click rate, which is absent where no impression counts, and the rendered share."""
    figures = policy_pb2.PolicyFigures(
        policy=traffic.policy,
        impressions=clicks.impressions,
        clicks=clicks.clicks,
        foreign=traffic.imported,
        served=shares.served,
        with_pixel=shares.with_pixel,
        rendered=shares.rendered,
    )
    if clicks.impressions:
        interval = click_rate(clicks.clicks, clicks.impressions)
        figures.ctr = clicks.clicks / clicks.impressions
        figures.ctr_low, figures.ctr_high = interval.low, interval.high
    return figures


def _comparisons(
    rates: Mapping[TrafficKind, Clicks], shares: Mapping[TrafficKind, Shares]
) -> Iterator[policy_pb2.Comparison]:
    """Compares each policy of `JUDGED`, and each other one of ours, with the control; empty without own traffic."""
    own = {traffic.policy: clicks for traffic, clicks in rates.items() if not traffic.imported}
    if own:
        control = own.pop(UNIFORM, Clicks())
        for policy in sorted({*own, *JUDGED} - {UNIFORM}):
            comparison = _comparison(policy, own.get(policy, Clicks()), control)
            _compare_renders(comparison, shares)
            yield comparison


def _comparison(policy: str, clicks: Clicks, control: Clicks) -> policy_pb2.Comparison:
    comparison = policy_pb2.Comparison(
        policy=policy, against=UNIFORM, impressions=clicks.impressions, impressions_against=control.impressions
    )
    missing = [name for name, n in ((policy, clicks.impressions), (UNIFORM, control.impressions)) if not n]
    if missing:
        comparison.refused = f"no impressions of {' and of '.join(missing)}"
        return comparison
    interval = difference(clicks, control)
    comparison.difference = clicks.clicks / clicks.impressions - control.clicks / control.impressions
    comparison.low, comparison.high = interval.low, interval.high
    return comparison


def _compare_renders(comparison: policy_pb2.Comparison, shares: Mapping[TrafficKind, Shares]) -> None:
    """Adds the difference of the rendered shares; nothing where either policy has no ads with the pixel."""
    a, b = (_renders(shares, policy) for policy in (comparison.policy, comparison.against))
    if a.impressions and b.impressions:
        interval = difference(a, b)
        comparison.render_difference = a.clicks / a.impressions - b.clicks / b.impressions
        comparison.render_low, comparison.render_high = interval.low, interval.high


def _renders(shares: Mapping[TrafficKind, Shares], policy: str) -> Clicks:
    """Ads with the pixel, and the rendered ones among them, as counts that `difference` takes."""
    found = shares.get(TrafficKind(policy, imported=False), Shares())
    return Clicks(found.with_pixel, found.rendered)


def _estimates(total: OutcomeTally, log: LogEstimates) -> Iterator[policy_pb2.Estimate]:
    for target in _targets(total, log):
        sums = sum((total.weights.get((source, target), WeightSums()) for source in log.sources), WeightSums())
        for estimated in (ips(sums), snips(sums)):
            yield policy_pb2.Estimate(
                estimator=estimated.estimator,
                policy=target,
                traffic=log.name,
                value=estimated.arithmetic if log.sources[0].imported else estimated.value,
                low=estimated.low,
                high=estimated.high,
                effective_sample_size=sums.effective_sample_size(),
                impressions=sums.n,
                refused=estimated.refused,
            )


def _targets(total: OutcomeTally, log: LogEstimates) -> list[str]:
    """The policies to estimate from this log: those whose probabilities it has, and for own traffic all of `JUDGED`.

    No policy is estimated from its own traffic alone: that estimate would be its click rate.
    """
    impressions: Counter[str] = Counter()
    for (source, target), sums in total.weights.items():
        if source in log.sources and sums.n and len(target) <= _LONGEST_NAME:
            impressions[target] += sums.n
    known = {target for target, _ in impressions.most_common(MOST_TARGETS)}
    if not log.sources[0].imported:
        known |= set(JUDGED)
    if log.name != OWN:
        known -= {source.policy for source in log.sources}
    ranks = {policy: rank for rank, policy in enumerate(JUDGED)}
    return sorted(known, key=lambda policy: (ranks.get(policy, len(ranks)), policy))
