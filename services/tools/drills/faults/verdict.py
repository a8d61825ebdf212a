"""What was promised of the answers, held against what came."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.creative.ladder import WORDS
from services.policies.replay import replay
from services.tools.drills.drill import Promise
from services.tools.drills.faults.open_loop import Asked, Given, OpenLoop, percentile_ms
from services.tools.drills.faults.stage import Window


@dataclass(frozen=True, slots=True)
class Bar:
    """So much of the requests' time, or twice a healthy one, whichever is more."""

    quantile: float
    most_ms: float
    healthy_quantile: float

    def holds(self, during: Sequence[Asked], healthy: Sequence[Asked]) -> bool:
        """Whether the requests took no longer."""
        return percentile_ms(during, self.quantile) <= max(
            self.most_ms, 2 * percentile_ms(healthy, self.healthy_quantile)
        )

    def words(self) -> str:
        """For people."""
        healthy = f"twice the healthy p{100 * self.healthy_quantile:.0f}"
        return f"p{100 * self.quantile:.0f} is at most {self.most_ms:.0f} ms or {healthy}"


@dataclass(frozen=True, slots=True)
class Bars:
    """How much of what was promised must be seen."""

    late: float  # share of the requests that may miss their deadline
    named: float  # share of the answers, once the first moments are over, that must say what they lack
    prompt: tuple[Bar, ...]


STRICT: Final = Bars(late=0.0, named=0.95, prompt=(Bar(0.50, 20.0, 0.50), Bar(0.99, 40.0, 0.99)))
LENIENT: Final = Bars(late=0.15, named=0.80, prompt=(Bar(0.50, 80.0, 0.99),))
"""Where the machine may be busy with anything else, as those that run tests are."""


def in_time(load: OpenLoop, windows: Sequence[Window], bars: Bars) -> Promise:
    """Every request is answered before its deadline."""
    asked = [one for window in windows for one in window.during(load.asked)]
    late = [one for one in asked if not one.ok]
    ours = [one for one in late if not load.excused(one)]
    said = f"{len(asked) - len(late):,} of {len(asked):,} during {len(windows)} faults"
    if late:
        words = Counter(one.status for one in late)
        said += f"; late: {dict(words)}, of them {len(late) - len(ours)} while the generator itself stood still"
    kept = len(ours) <= bars.late * len(asked)
    text = "every request is answered before its deadline"
    if bars.late:
        text += f" (on a test's machine: {1 - bars.late:.0%})"
    return Promise(text, said, bool(asked) and kept)


def named(load: OpenLoop, window: Window, bars: Bars) -> Promise:
    """Answers say what they lack, and nothing where they lack nothing."""
    answers = [one for one in window.during(load.asked, settled=True) if one.status == "OK"]
    word = window.fault.named
    right = sum(_says(one, word) for one in answers)
    rungs = Counter(" ".join(sorted(one.degraded)) or "nothing" for one in answers)
    wanted = {"": "nothing is said", "triton": "triton and the rung are named", "redis": "redis is named"}[word]
    said = f"{right} of {len(answers)}: {dict(rungs.most_common(3))}"
    return Promise(f"{window.fault.name}: {wanted}", said, bool(answers) and right >= bars.named * len(answers))


def prompt(load: OpenLoop, window: Window, healthy: Sequence[Asked], bars: Bars) -> Promise:
    """Answers come about as fast as ever."""
    during = window.during(load.asked)
    p50, p99 = percentile_ms(during, 0.5), percentile_ms(during, 0.99)
    said = f"p50 {p50:.1f}, p99 {p99:.1f} ms; healthy p50 {percentile_ms(healthy, 0.5):.1f}"
    said += f", p99 {percentile_ms(healthy, 0.99):.1f} ms"
    held = ", ".join(bar.words() for bar in bars.prompt)
    kept = bool(during) and all(bar.holds(during, healthy) for bar in bars.prompt)
    return Promise(f"{window.fault.name}: {held}", said, kept)


def recovered(windows: Sequence[Window], same_process: bool) -> Promise:
    """What a fault took away comes back by itself."""
    took = {window.fault.name: window.recovered_at - window.ended_at for window in windows}
    whole = {name: seconds for name, seconds in took.items() if math.isfinite(seconds)}
    said = f"{len(whole)} of {len(took)} faults"
    if whole:
        slowest = max(whole, key=lambda name: whole[name])
        said += f", slowest {slowest}: {whole[slowest]:.1f} s, its own start included"
    said += "".join(f"; not after {name}" for name in sorted(took.keys() - whole.keys()))
    said += "; one process throughout" if same_process else "; creative was started anew"
    kept = same_process and bool(took) and len(whole) == len(took)
    return Promise("answers are whole again after each fault, without a restart of creative", said, kept)


def recorded(given: Sequence[Given], records: dict[str, Impression], text: str) -> Promise:
    """Each answer's record is on the topic, says what was answered, and is replayed bit for bit."""
    missing = [one for one in given if one.impression_id not in records]
    found = [(one, records[one.impression_id]) for one in given if one.impression_id in records]
    unlike = sum(
        (record.creative_id, record.propensity, tuple(record.degraded))
        != (one.creative_id, one.propensity, one.degraded)
        for one, record in found
    )
    replayed = sum(replay(record).same for _, record in found)
    said = f"{len(found):,} of {len(given):,} are there, {unlike} say something else, {replayed:,} replay the same"
    return Promise(text, said, bool(given) and not missing and not unlike and replayed == len(found))


def _says(one: Asked, word: str) -> bool:
    if not word:
        return not one.degraded
    return word in one.degraded and (word != "triton" or bool(one.degraded & frozenset(WORDS.values())))
