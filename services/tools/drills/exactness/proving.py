"""The run of the drill `exactness`: traffic with kills, kills on last events, and the comparison with the oracle."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import pairwise
from operator import not_
from random import Random
from threading import Thread

from services.catalogue.catalogue import demo_catalogue
from services.common.clock import to_ms
from services.common.secrets import load_token_keys
from services.common.topics import OUTCOMES
from services.runtime.fault_points import VARIABLE
from services.sdk.report_reader import newest_report
from services.tools.drills.drill import Outcome, Promise, Setting
from services.tools.drills.exactness.killing import ANY_MOMENT, Kill, Killer, back_promise
from services.tools.drills.exactness.plan import LONG, SHORT, Plan
from services.tools.drills.oracle import oracle
from services.tools.drills.oracle.comparison import (
    figure_promises,
    letter_promises,
    outcome_promises,
    profile_promises,
)
from services.tools.drills.oracle.plain import products_of
from services.tools.drills.oracle.whole_log import READ_BY, events_of, read_outcomes, unread
from services.tools.drills.traffic.sending import Sending
from services.tools.drills.traffic.traffic import Sent, Traffic
from services.tools.drills.waiting import answered, seen_when
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir

PARTS = ("kafka", "redis", "topics", "profiles", "outcomes", "evaluation")
_GRACE_S = 3.0  # from the end of a window until its outcomes are written, all inputs read
_LEVEL_WITHIN_S = 120.0
_SETTLED_WITHIN_S = 40.0
_SHOWN_LAST = 8  # impressions, each of another shopper


def prove(setting: Setting) -> Outcome:
    """Starts a stack of its own, runs the drill, and returns the outcome."""
    plan = SHORT if setting.short else LONG
    points = setting.folder / "points"
    points.mkdir()
    own = {
        VARIABLE: str(points),
        "ADLOOM_ATTRIBUTION_WINDOW_S": str(plan.window_s),
        "ADLOOM_BURST_PER_MINUTE": str(plan.shape.burst),
    }
    state_dir = StateDir(setting.folder / "state").make()
    Thread(
        target=import_module, args=("services.features.feast_reader",)
    ).start()  # takes seconds, so it is done while the stack starts
    with tied_stack(state_dir, {**setting.environ, **own}, only=PARTS) as stack:
        return _Exactness(setting, plan, stack, Killer(state_dir, points)).run()


class _Exactness:
    """One run on one stack."""

    def __init__(self, setting: Setting, plan: Plan, stack: RunningStack, killer: Killer) -> None:
        self._setting, self._plan, self._stack, self._killer = setting, plan, stack, killer
        self._products = products_of(demo_catalogue())
        self._keys = load_token_keys(stack.state_dir.secrets)
        self._traffic = Traffic(setting.seed, plan.shape, self._keys, [*self._products], datetime.now(UTC))
        self._chance = Random(setting.seed)
        self._sending = Sending(stack.kafka, plan.per_s)

    def run(self) -> Outcome:
        messages = self._traffic.messages()
        self._setting.report(f"sends {len(messages):,} messages with {len(self._plan.kills)} kills meanwhile")
        self._send_and_kill(messages)
        if self._plan.on_last_events:
            self._setting.report(f"kills {len(self._plan.on_last_events)} times on a shopper's last event")
        for number, kill in enumerate(self._plan.on_last_events):
            self._kill_on_last_event(number, kill)
        self._close()
        promises = (*self._look(), back_promise(self._killer.deaths, self._plan.back_within_s))
        self._sending.close()
        return Outcome(self._injected(messages), promises)

    def _send_and_kill(self, messages: Sequence[Sent]) -> None:
        """Sends a share of the messages with each kill, and the last share after all processes are ready again."""
        kills = self._plan.kills
        ends = [round(len(messages) * (number + 1) / (len(kills) + 1)) for number in range(-1, len(kills) + 1)]
        shares = [messages[start:end] for start, end in pairwise(ends)]
        for kill, share in zip(kills, shares, strict=False):
            part = round(len(share) * (self._chance.random() if kill.point == ANY_MOMENT else 0.3))
            self._sending.send(share[:part])
            self._killer.begin(kill)
            self._sending.send(share[part:])
            self._finish()
        self._sending.send(shares[-1])
        self._sending.finish()

    def _kill_on_last_event(self, number: int, kill: Kill) -> None:
        """Waits until workers have no lag, sends a shopper's last events, and kills the process on them."""
        self._level()
        self._killer.begin(kill)
        self._sending.send(self._traffic.last_ad_click(number))
        self._sending.finish()
        self._finish()

    def _close(self) -> None:
        """Kills while windows close without further events of their shoppers; then waits for the last window."""
        self._setting.report("waits until all windows have closed, with kills meanwhile")
        for number, together in enumerate(self._plan.closing, 1 + len(self._plan.on_last_events)):
            self._level()
            first = number * _SHOWN_LAST
            last = [self._traffic.last_ad_click(n) for n in range(first, first + _SHOWN_LAST)]
            # Only impressions, because they give no outcome before their windows close.
            self._sending.send([shown for shown, _ in last])
            self._sending.finish()
            if any(kill.process == "outcomes" and kill.point != "emission.before" for kill in together):
                self._level()
            for kill in together:
                self._killer.begin(kill)
            self._sending.send(self._traffic.last_view(number))
            self._sending.finish()
            self._finish()
        time.sleep(max(0.0, self._sending.last_at + self._plan.window_s + _GRACE_S - time.monotonic()))
        self._level()

    def _finish(self) -> None:
        for death in self._killer.finish():
            self._setting.report(str(death))

    def _level(self) -> None:
        kafka = self._stack.kafka
        seen_when(not_, lambda: sum(unread(kafka, service) for service in READ_BY), _LEVEL_WITHIN_S)

    def _look(self) -> Iterator[Promise]:
        """Compares all results, once evaluation has had time to count the outcomes."""
        kafka = self._stack.kafka
        events = answered(lambda: events_of(kafka))
        now_us = (to_ms(datetime.now(UTC)) + timedelta(hours=1) // timedelta(milliseconds=1)) * 1000
        rules = oracle.Rules(
            round(self._plan.window_s * 1000), self._keys.secrets, self._products, self._plan.shape.burst
        )
        expected = oracle.expected(events, rules, now_us)
        wanted = expected.outcomes.keys()
        seen_when(lambda ids: ids >= wanted, lambda: read_outcomes(kafka).closed.keys(), _SETTLED_WITHIN_S)
        seen_when(bool, lambda: self._counted(expected), _SETTLED_WITHIN_S)
        yield from profile_promises(self._stack.redis, expected, now_us)
        yield from outcome_promises(kafka, expected)
        yield from letter_promises(kafka, expected, events)
        yield from figure_promises(kafka, expected)

    def _counted(self, expected: oracle.Expected) -> bool:
        """Whether the newest report includes all outcomes and impressions on the topics."""
        from services.evaluation.kafka_log import KafkaLog

        with closing(KafkaLog(self._stack.kafka, (OUTCOMES,))) as log:
            ends = {partition: end for (_, partition), end in log.ends().items() if end}
        report = newest_report(self._stack.kafka)
        return dict(report.included_offsets) == ends and report.impressions >= expected.impressions

    def _injected(self, messages: Sequence[Sent]) -> tuple[str, ...]:
        shape, poison = self._plan.shape, sum(bool(sent.reason) for sent in messages)
        points = ", ".join(f"{d.kill}" for d in self._killer.deaths)
        return (
            f"{self._sending.sent:,} messages of {shape.users:,} shoppers, {shape.duplicates:.0%} of them duplicates"
            f" near and far, {poison:,} poison, event times in any order over {shape.span_s / 3600:.0f} h,"
            f" {self._sending.repeated} sent again because the broker was away",
            f"{len(self._killer.deaths)} times kill -9: {points}",
        )
