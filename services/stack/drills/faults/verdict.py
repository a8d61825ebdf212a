"""What was promised of the answers, held against what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.creative.ladder import WORDS
from services.policies.replay import replay
from services.stack.drills.drill import Promise
from services.stack.drills.faults.open_loop import Asked, Given, OpenLoop, percentile_ms
from services.stack.drills.faults.stage import Window

_BAR_MS: Final = 40.0
_SHORT_BAR_MS: Final = 80.0  # of the median: a test's machine may be busy with anything
_SHORT_LATE: Final = 0.15
_NAMED: Final = 0.95  # of the answers, once the first moments are over; on a test's machine:
_SHORT_NAMED: Final = 0.80


def in_time(load: OpenLoop, windows: Sequence[Window], short: bool) -> Promise:
    """Every request is answered before its deadline."""
    asked = [one for window in windows for one in window.during(load.asked)]
    late = [one for one in asked if not one.ok]
    ours = [one for one in late if not load.excused(one)]
    said = f"{len(asked) - len(late):,} of {len(asked):,} during {len(windows)} faults"
    if late:
        words = Counter(one.status for one in late)
        said += f"; late: {dict(words)}, of them {len(late) - len(ours)} while the generator itself stood still"
    kept = len(ours) <= (_SHORT_LATE * len(asked) if short else 0)
    text = "every request is answered before its deadline" + (" (on a test's machine: 85 %)" if short else "")
    return Promise(text, said, bool(asked) and kept)


def named(load: OpenLoop, window: Window, short: bool) -> Promise:
    """Answers say what they lack, and nothing where they lack nothing."""
    answers = [one for one in window.during(load.asked, settled=True) if one.status == "OK"]
    word = window.fault.named
    right = sum(_says(one, word) for one in answers)
    rungs = Counter(" ".join(sorted(one.degraded)) or "nothing" for one in answers)
    wanted = {"": "nothing is said", "triton": "triton and the rung are named", "redis": "redis is named"}[word]
    least = _SHORT_NAMED if short else _NAMED
    said = f"{right} of {len(answers)}: {dict(rungs.most_common(3))}"
    return Promise(f"{window.fault.name}: {wanted}", said, bool(answers) and right >= least * len(answers))


def prompt(load: OpenLoop, window: Window, healthy: Sequence[Asked], short: bool) -> Promise:
    """Answers come about as fast as ever."""
    during = window.during(load.asked)
    p50, p99, before = percentile_ms(during, 0.5), percentile_ms(during, 0.99), percentile_ms(healthy, 0.99)
    said = f"p50 {p50:.1f}, p99 {p99:.1f} ms; healthy p50 {percentile_ms(healthy, 0.5):.1f}, p99 {before:.1f} ms"
    if short:
        bar = max(_SHORT_BAR_MS, 2 * before)
        return Promise(f"{window.fault.name}: the median stays below {_SHORT_BAR_MS:.0f} ms", said, p50 <= bar)
    kept = bool(during) and p99 <= max(_BAR_MS, 2 * before)
    return Promise(f"{window.fault.name}: p99 is at most 40 ms or twice the healthy one", said, kept)


def recovered(windows: Sequence[Window], same_process: bool) -> Promise:
    """What a fault took away comes back by itself."""
    took = {window.fault.name: window.recovered_at - window.ended_at for window in windows}
    slowest = max(took, key=lambda name: took[name])
    said = f"{len(took)} of {len(took)} faults" if max(took.values()) < float("inf") else f"not after {slowest}"
    said += f"; slowest {slowest}: {took[slowest]:.1f} s, its own start included; "
    said += "one process throughout" if same_process else "creative was started anew"
    kept = same_process and max(took.values()) < float("inf")
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
