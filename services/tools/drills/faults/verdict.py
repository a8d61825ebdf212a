"""Checks the promises about answers during faults."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.creative.ladder import RUNG_NAMES
from services.policies.replay import replay
from services.tools.drills.drill import Promise
from services.tools.drills.faults.open_loop import OpenLoop, Request, Selection, percentile_ms
from services.tools.drills.faults.stage import Window


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit for a quantile of latency: the larger of a fixed time and twice a healthy quantile."""

    quantile: float
    most_ms: float
    healthy_quantile: float

    def holds(self, during: Sequence[Request], healthy: Sequence[Request]) -> bool:
        """Whether the requests during the fault keep the limit."""
        return percentile_ms(during, self.quantile) <= max(
            self.most_ms, 2 * percentile_ms(healthy, self.healthy_quantile)
        )

    def text(self) -> str:
        """The limit in words."""
        healthy = f"twice the healthy p{100 * self.healthy_quantile:.0f}"
        return f"p{100 * self.quantile:.0f} is at most {self.most_ms:.0f} ms or {healthy}"


@dataclass(frozen=True, slots=True)
class Bars:
    """How strictly the promises are checked."""

    late: float  # share of the requests that may miss their deadline
    named: float  # share of the answers, without the first moments, that must name the part
    prompt: tuple[Bar, ...]


STRICT: Final = Bars(late=0.0, named=0.95, prompt=(Bar(0.50, 20.0, 0.50), Bar(0.99, 40.0, 0.99)))
LENIENT: Final = Bars(late=0.15, named=0.80, prompt=(Bar(0.50, 80.0, 0.99),))
"""For machines with other load, such as those that run tests."""


def in_time(load: OpenLoop, windows: Sequence[Window], bars: Bars) -> Promise:
    """Every request is answered before its deadline."""
    requests = [one for window in windows for one in window.during(load.requests)]
    late = [one for one in requests if not one.ok]
    ours = [one for one in late if not load.excused(one)]
    happened = f"{len(requests) - len(late):,} of {len(requests):,} during {len(windows)} faults"
    if late:
        statuses = Counter(one.status for one in late)
        happened += f"; late: {dict(statuses)}, of them {len(late) - len(ours)} while the generator itself was stalled"
    kept = len(ours) <= bars.late * len(requests)
    text = "every request is answered before its deadline"
    if bars.late:
        text += f" (on a test's machine: {1 - bars.late:.0%})"
    return Promise(text, happened, bool(requests) and kept)


def named(load: OpenLoop, window: Window, bars: Bars) -> Promise:
    """Answers name the part that is away, and name no part where none is needed."""
    answers = [one for one in window.during(load.requests, settled=True) if one.status == "OK"]
    part = window.fault.named
    right = sum(_names(one, part) for one in answers)
    rungs = Counter(" ".join(sorted(one.degraded)) or "nothing" for one in answers)
    wanted = {"": "no part is named", "triton": "triton and the rung are named", "redis": "redis is named"}[part]
    happened = f"{right} of {len(answers)}: {dict(rungs.most_common(3))}"
    return Promise(f"{window.fault.name}: {wanted}", happened, bool(answers) and right >= bars.named * len(answers))


def prompt(load: OpenLoop, window: Window, healthy: Sequence[Request], bars: Bars) -> Promise:
    """Answers during the fault are about as fast as before."""
    during = window.during(load.requests)
    p50, p99 = percentile_ms(during, 0.5), percentile_ms(during, 0.99)
    happened = f"p50 {p50:.1f}, p99 {p99:.1f} ms; healthy p50 {percentile_ms(healthy, 0.5):.1f}"
    happened += f", p99 {percentile_ms(healthy, 0.99):.1f} ms"
    limits = ", ".join(bar.text() for bar in bars.prompt)
    kept = bool(during) and all(bar.holds(during, healthy) for bar in bars.prompt)
    return Promise(f"{window.fault.name}: {limits}", happened, kept)


def recovered(windows: Sequence[Window], same_process: bool) -> Promise:
    """Answers recover after each fault without a restart of creative."""
    took = {window.fault.name: window.recovered_at - window.ended_at for window in windows}
    whole = {name: seconds for name, seconds in took.items() if math.isfinite(seconds)}
    happened = f"{len(whole)} of {len(took)} faults"
    if whole:
        slowest = max(whole, key=lambda name: whole[name])
        happened += f", slowest {slowest}: {whole[slowest]:.1f} s, its own start included"
    happened += "".join(f"; not after {name}" for name in sorted(took.keys() - whole.keys()))
    happened += "; one process throughout" if same_process else "; creative was restarted"
    kept = same_process and bool(took) and len(whole) == len(took)
    return Promise("answers recover after each fault, without a restart of creative", happened, kept)


def recorded(selections: Sequence[Selection], records: dict[str, Impression], text: str) -> Promise:
    """Each answer's record is on the topic, agrees with the answer, and is replayed bit for bit."""
    missing = [one for one in selections if one.impression_id not in records]
    found = [(one, records[one.impression_id]) for one in selections if one.impression_id in records]
    unlike = sum(
        (record.creative_id, record.propensity, tuple(record.degraded))
        != (one.creative_id, one.propensity, one.degraded)
        for one, record in found
    )
    replayed = sum(replay(record).same for _, record in found)
    happened = f"{len(found):,} of {len(selections):,} are there, {unlike} differ, {replayed:,} replay the same"
    return Promise(text, happened, bool(selections) and not missing and not unlike and replayed == len(found))


def _names(one: Request, part: str) -> bool:
    if not part:
        return not one.degraded
    return part in one.degraded and (part != "triton" or bool(one.degraded & frozenset(RUNG_NAMES.values())))
