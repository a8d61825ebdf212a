"""Drill `replay`: the same log in an empty deployment gives the same profiles, outcomes and dead letters.

The same log means: the records of the four input topics with their keys, values and headers, in the same partitions, at
the same offsets, and with the times at which the first broker appended them, which alone decide windows and lateness.
The log is complete before any worker reads it, and the deployment has the same secrets. What may differ: how topics and
partitions interleave while they are read, how often a result is repeated, when outcomes and dead letters are appended,
and the outcomes that are written before their windows have closed. (`adloom replay` is something else: it sends a
shop's own log as new events.)
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from services.tools.drills.drill import Drill, Mutation, Outcome, Promise, Setting

if TYPE_CHECKING:
    from services.tools.drills.oracle.oracle import Expected
    from services.tools.drills.replaying.deployment import DeploymentResult
    from services.tools.drills.replaying.observed import Observed
    from services.wire.codec.envelope import RawRecord

WINDOW_S = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is sent, and how long processing may take."""

    events: int
    users: int
    within_s: float


LONG = Plan(events=50_000, users=1_500, within_s=300.0)
SHORT = Plan(events=2_000, users=150, within_s=150.0)


def run(setting: Setting) -> Outcome:
    """Runs a deployment with traffic, replays its log in an empty one, and compares the two."""
    from services.tools.drills.replaying.log_copy import positions

    log, expected, first = _live(setting)
    setting.report(
        f"{len(log):,} records, {len(expected.profiles):,} profiles, {len(expected.outcomes):,} outcomes must follow"
    )
    again, _, second = _replayed(setting, log)
    moved = sum(any(name == "adloom_moved" for name, _ in raw.headers) for raw in log)
    injected = (
        f"{len(log):,} records of four topics with duplicates, poison and misplaced messages ({moved} moved)",
        "their copy in the empty topics of another broker, with the timestamps of the first one",
    )
    kept = positions(log) <= positions(again)
    copied = f"{len(log):,} of {len(again):,} records there; the others are misplaced ones, repartitioned once more"
    return Outcome(
        injected,
        (
            Promise("the copy is the log: partitions, offsets, times", copied, kept),
            *_side_by_side(first, second, expected),
        ),
    )


def _side_by_side(first: Observed, second: Observed, expected: Expected) -> tuple[Promise, ...]:
    from services.tools.drills.replaying.observed import unlike

    users = unlike(first.profiles, second.profiles)
    outcomes = [name for name in {*first.outcomes, *second.outcomes} if _differ(first.outcomes, second.outcomes, name)]
    letters = [at for at in {*first.letters, *second.letters} if _differ(first.letters, second.letters, at)]
    twofold = [*first.contradictions, *second.contradictions]
    missing = [*first.missing(expected), *second.missing(expected)]
    counts = f"{len(expected.profiles):,} profiles, {len(expected.outcomes):,} outcomes, "
    counts += f"{len(expected.letters):,} dead letters"
    return (
        Promise(
            "no expected result is missing, in either deployment",
            f"{counts}; {len(missing)} missing{': ' * bool(missing)}{', '.join(missing[:5])}",
            not missing,
        ),
        Promise("profiles: integers equal, sums to 1e-9", f"{len(first.profiles):,}, {len(users)} differ", not users),
        Promise(
            "outcomes: equal in every field",
            f"{len(first.outcomes):,}, {len(outcomes)} differ, {len(twofold)} with contradicting messages",
            not outcomes and not twofold,
        ),
        Promise(
            "dead letters: the same, by position and reason",
            f"{len(first.letters):,}, {len(letters)} differ",
            not letters,
        ),
    )


def _differ(left: Mapping[Any, Any], right: Mapping[Any, Any], name: object) -> bool:
    return bool(left.get(name) != right.get(name))


def _live(setting: Setting) -> DeploymentResult:
    """A deployment that receives events live: its log, the expected results, and the observed ones."""
    from services.tools.drills.replaying.deployment import BURST, deployment
    from services.tools.drills.traffic.many_shoppers import send
    from services.tools.drills.traffic.traffic import Shape

    plan = _plan(setting)
    shape = Shape(events=plan.events, users=plan.users, burst=BURST)
    with deployment(setting, "first", WINDOW_S, ("kafka", "redis", "topics")) as there:
        there.start_both()
        count = send(there.stack.kafka, (sent.record for sent in there.traffic(setting.seed, shape, datetime.now(UTC))))
        return there.settled(count, plan.within_s)


def _replayed(setting: Setting, log: list[RawRecord]) -> DeploymentResult:
    """The same of an empty deployment that is given the log."""
    from services.tools.drills.replaying.deployment import deployment
    from services.tools.drills.replaying.log_copy import load_log
    from services.tools.stack.state_dir import StateDir

    first, second = (StateDir(setting.folder / name) for name in ("first", "second"))
    shutil.copytree(first.secrets, second.secrets)
    with deployment(setting, "second", WINDOW_S, ("kafka", "redis")) as there:
        load_log(there.stack.kafka, log)
        there.start_both()
        return there.settled(len(log), _plan(setting).within_s)


def _plan(setting: Setting) -> Plan:
    return SHORT if setting.short else LONG


DRILL = Drill(
    "replay",
    "the same log in an empty deployment gives the same profiles, outcomes and dead letters",
    run,
    (
        Mutation(
            "log-times",
            "services/wire/faust/stream.py",
            "at.offset, at.timestamp, at.key",
            "at.offset, __import__('time').time_ns() // 1_000_000, at.key",
        ),
    ),
)
