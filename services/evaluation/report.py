"""The report that people read, from the sums; pure.

Rates and estimates of our own traffic come first, then those of imported logs, each log under its own name. Where
several policies of one log were imported (`open-bandit-random`, `open-bandit-bts`), the whole log is estimated too.

Imported logs are there to be compared with what others made of them, so their estimates show what the formula gives
even where the estimator refuses; then `refused` says why, and there is no interval. For our own traffic there is no
value then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from protos.gen.adloom.events.v1 import policy_pb2
from services.evaluation.confidence import click_rate
from services.evaluation.off_policy import WeightSums, ips, snips
from services.evaluation.tally import JUDGED, Clicks, Tally, Traffic

LIVE: Final = "live"
OWN: Final = "own"
"""Our own traffic, whichever policy chose: each impression with its own propensity."""


@dataclass(frozen=True, slots=True)
class Log:
    """Traffic that is estimated from under one name."""

    name: str
    sources: tuple[Traffic, ...]


def live(total: Tally, offsets: Mapping[int, int], now: datetime) -> policy_pb2.Report:
    """The running report; `offsets` are those after the last outcome included, by partition of `ad.outcomes`."""
    return policy_pb2.Report(
        report_id=LIVE,
        as_of=now,
        impressions=total.impressions,
        outcomes=sum(total.outcomes.values()),
        policies=[_figures(traffic, total.rates[traffic]) for traffic in _ordered(total.rates)],
        estimates=[estimate for log in logs(total.rates) for estimate in _estimates(total, log)],
        included_offsets=dict(offsets),
    )


def logs(rates: Iterable[Traffic]) -> Iterator[Log]:
    """What is estimated from, in the order of the report."""
    own = tuple(traffic for traffic in _ordered(rates) if not traffic.foreign)
    if own:
        yield Log(OWN, own)
        yield from (Log(traffic.policy, (traffic,)) for traffic in own)
    foreign = [traffic for traffic in _ordered(rates) if traffic.foreign]
    yield from (Log(traffic.policy, (traffic,)) for traffic in foreign)
    whole: dict[str, list[Traffic]] = defaultdict(list)
    for traffic in foreign:
        whole[traffic.policy.rpartition("-")[0]].append(traffic)
    yield from (Log(name, tuple(sources)) for name, sources in whole.items() if name and len(sources) > 1)


def _ordered(rates: Iterable[Traffic]) -> list[Traffic]:
    """Our own policies first, the control before the others."""
    known = {policy: place for place, policy in enumerate(JUDGED)}
    return sorted(rates, key=lambda t: (t.foreign, known.get(t.policy, len(known)), t.policy))


def _figures(traffic: Traffic, clicks: Clicks) -> policy_pb2.PolicyFigures:
    interval = click_rate(clicks.clicks, clicks.impressions)
    return policy_pb2.PolicyFigures(
        policy=traffic.policy,
        impressions=clicks.impressions,
        clicks=clicks.clicks,
        ctr=clicks.clicks / clicks.impressions,
        ctr_low=interval.low,
        ctr_high=interval.high,
        foreign=traffic.foreign,
    )


def _estimates(total: Tally, log: Log) -> Iterator[policy_pb2.Estimate]:
    for target in _targets(total, log):
        sums = sum((total.weights.get((source, target), WeightSums()) for source in log.sources), WeightSums())
        for estimated in (ips(sums), snips(sums)):
            yield policy_pb2.Estimate(
                estimator=estimated.estimator,
                policy=target,
                traffic=log.name,
                value=estimated.arithmetic if log.sources[0].foreign else estimated.value,
                low=estimated.low,
                high=estimated.high,
                effective_sample_size=sums.effective_sample_size(),
                impressions=sums.n,
                refused=estimated.refused,
            )


def _targets(total: Tally, log: Log) -> list[str]:
    """Policies of which the log knows something, and for our own traffic all that are judged.

    A policy is not estimated from its own choices alone: that is its click rate.
    """
    known = {target for (source, target), sums in total.weights.items() if source in log.sources and sums.n}
    if not log.sources[0].foreign:
        known |= set(JUDGED)
    if log.name != OWN:
        known -= {source.policy for source in log.sources}
    places = {policy: place for place, policy in enumerate(JUDGED)}
    return sorted(known, key=lambda policy: (places.get(policy, len(places)), policy))
