"""Drill `faults`: parts are killed, frozen and slowed under load, and every request is still answered in time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from services.common.errors import Unavailable
from services.tools.drills.drill import Drill, Mutation, Outcome, Setting

if TYPE_CHECKING:
    from protos.gen.adloom.events.v1.impression_pb2 import Impression
    from services.tools.drills.faults.open_loop import OpenLoop, Request, Selection
    from services.tools.drills.faults.stage import Stage

SILENT_S = 30.0  # missing records count as lost after so long without a new one;
NOTHING_LEFT_S = 5.0  # after so long, where creative has none left to send


@dataclass(frozen=True, slots=True)
class Plan:
    """The load, and how long each phase takes."""

    per_s: float  # requests
    healthy_s: float  # before the first fault
    fault_s: float  # of each fault
    rest_s: float  # between faults, after recovery
    kills: int  # of creative, besides the one while Kafka is frozen


LONG = Plan(per_s=50.0, healthy_s=10.0, fault_s=10.0, rest_s=1.0, kills=3)
SHORT = Plan(per_s=40.0, healthy_s=2.0, fault_s=2.0, rest_s=0.0, kills=0)


def run(setting: Setting) -> Outcome:
    """Injects each fault in turn under open-loop load; then kills creative itself."""
    from services.tools.drills.faults import verdict
    from services.tools.drills.faults.open_loop import loaded, percentile_ms
    from services.tools.drills.faults.stage import staged

    plan, bars = (SHORT, verdict.LENIENT) if setting.short else (LONG, verdict.STRICT)
    with staged(setting) as stage:
        with loaded(stage.stack.environ()["ADLOOM_CREATIVE"], plan.per_s) as load:
            healthy = _warm(load, plan.healthy_s)
            setting.report(
                f"healthy: p50 {percentile_ms(healthy, 0.5):.1f} ms, p99 {percentile_ms(healthy, 0.99):.1f} ms"
            )
            pid = stage.creative.process.pid if stage.creative.process is not None else 0
            for fault in stage.faults(setting.short):
                window = stage.suffer(fault, plan.fault_s, load)
                setting.report(f"{fault.name}: recovered after {window.recovered_at - window.ended_at:.1f} s")
                time.sleep(plan.rest_s)
        same = stage.creative.runs() and stage.creative.process is not None and stage.creative.process.pid == pid
        answered = [selection for one in load.requests for selection in one.selections]
        lost = _killed(stage, plan, setting.report)
        records = _records(stage, answered + lost)
        windows = stage.windows
        promises = (
            verdict.in_time(load, windows, bars),
            *(verdict.named(load, window, bars) for window in windows),
            *(verdict.prompt(load, window, healthy, bars) for window in windows),
            verdict.recovered(windows, same),
            verdict.recorded(answered, records, "each answer's record reaches Kafka and is replayed bit for bit"),
            verdict.recorded(lost, records, "creative killed: no decision that it answered is lost"),
        )
    return Outcome(_injected(plan, [window.fault.name for window in windows]), promises)


def _injected(plan: Plan, faults: list[str]) -> tuple[str, ...]:
    return (
        f"{plan.per_s:.0f} requests a second at fixed times, with deadlines of 100, 40 and 25 ms",
        f"for {plan.fault_s:.0f} s each: {', '.join(faults)}",
        f"creative killed (SIGKILL) under load, {plan.kills} times, and once while Kafka was frozen",
    )


def _warm(load: OpenLoop, for_s: float) -> list[Request]:
    """Load without faults; the requests after most answers were complete."""
    from services.tools.drills.faults.stage import WITHIN_S
    from services.tools.drills.waiting import until

    def complete() -> bool:
        return sum(one.status == "OK" and not one.degraded for one in load.requests[-20:]) >= 16

    until("most answers are not degraded", complete, WITHIN_S)
    since = time.monotonic()
    time.sleep(for_s)
    return [one for one in load.requests if one.sent_at >= since]


def _killed(stage: Stage, plan: Plan, report: Callable[[str], None]) -> list[Selection]:
    """Kills and restarts creative under load, the last time while Kafka is frozen; returns the answered selections."""
    from services.tools.drills.faults.fault import frozen
    from services.tools.drills.faults.open_loop import loaded
    from services.tools.drills.faults.stage import WITHIN_S
    from services.tools.drills.waiting import until

    answered: list[Selection] = []
    kafka = frozen(stage.stack, "kafka")
    for number in range(plan.kills + 1):
        last = number == plan.kills
        with loaded(stage.stack.environ()["ADLOOM_CREATIVE"], plan.per_s) as load:
            until("the answers of one second came", partial(_has_answered, load, plan.per_s), WITHIN_S)
            if last:
                kafka.begin()
                time.sleep(1.0)
            stage.creative.end()
        if last:
            kafka.end()
        answered += [selection for one in load.requests for selection in one.selections]
        report(f"creative killed after {len(answered)} answers" + (" while Kafka was frozen" if last else ""))
        stage.creative.start()
        until("creative is ready again", stage.creative.ready, WITHIN_S)
    return answered


def _has_answered(load: OpenLoop, count: float) -> bool:
    return sum(one.status == "OK" for one in load.requests) >= count


def _records(stage: Stage, selections: list[Selection]) -> dict[str, Impression]:
    """The records on the topic, once all of the selections are there or no more arrive."""
    wanted = {one.impression_id for one in selections}
    there, since = -1, time.monotonic()
    while True:
        silent_s = SILENT_S if stage.has_records_left() else NOTHING_LEFT_S  # read before the topic is
        try:
            records = stage.records()
        except Unavailable:  # Kafka is still recovering
            if time.monotonic() - since > silent_s:
                raise
            time.sleep(1.0)
            continue
        found = len(wanted & records.keys())
        if found == len(wanted) or time.monotonic() - since > silent_s:
            return records
        if found > there:
            there, since = found, time.monotonic()
        time.sleep(1.0)


DRILL = Drill(
    "faults",
    "parts killed, frozen and slowed under load: answers come in time, name the part and are recorded; "
    "a kill loses no decision",
    run,
    (
        Mutation(
            "journal",
            "services/creative/outbox/outbox.py",
            "self._journal.append(records) or [None] * len(records)",
            "[None] * len(records)",
        ),
        Mutation(
            "patience",
            "services/creative/time_budget.py",
            "    return TimeBudget(now + min(_PROFILE_SHARE * spend, scored), now + scored, now + spend)",
            "    return TimeBudget(now + min(_PROFILE_SHARE * spend, scored), now + 60.0, now + 60.0)",
        ),
        Mutation(
            "breaker",
            "services/creative/scoring/circuit_breaker_scorer.py",
            "        if not self._breaker.is_open:\n",
            "        if True:\n",
        ),
    ),
)
