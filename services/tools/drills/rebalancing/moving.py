"""The run of the drill `rebalance`: starts, freezes, wakes and ends workers under load, and checks the promises."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from services.catalogue.catalogue import demo_catalogue
from services.common.secrets import load_or_make
from services.tools.drills.drill import Outcome, Promise, Setting
from services.tools.drills.oracle.comparison import letter_promises, outcome_promises, profile_promises
from services.tools.drills.oracle.oracle import Expected, Rules, expected
from services.tools.drills.oracle.plain import products_of
from services.tools.drills.oracle.whole_log import events_of, unread
from services.tools.drills.own_worker import ended_after
from services.tools.drills.rebalancing.worker_group import FROZEN_AT, WorkerGroup
from services.tools.drills.traffic.many_shoppers import views
from services.tools.drills.traffic.sending import Sending
from services.tools.drills.traffic.traffic import Sent, Shape, Traffic
from services.tools.drills.waiting import answered, until
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir

SESSION_S = 6.0  # the broker's minimum; for so long a frozen worker keeps its partitions
WINDOW_S = 5.0  # of attribution
_GRACE_S = 5.0
_SENT_WITHIN_S = 600.0
_STUCK_S = 3600.0  # so long that a worker does not take itself for stuck and end after it was frozen


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is sent, and how long each phase takes."""

    shape: Shape  # of the traffic of each half of a round
    per_s: float
    step_s: float  # least time between changes
    frozen_s: float  # longer than the takeover of the partitions takes
    services: tuple[str, ...]
    rounds: int


LONG = Plan(Shape(events=20_000), 400.0, 20.0, 15.0, ("profiles", "outcomes"), rounds=2)
SHORT = Plan(Shape(events=800, users=60, burst=20, ads=False), 100.0, 0.0, 0.0, ("profiles",), rounds=1)


def prove(setting: Setting) -> Outcome:
    """Starts its own Kafka and Redis and the workers, and returns the outcome."""
    plan = SHORT if setting.short else LONG
    settings = {
        "ADLOOM_ATTRIBUTION_WINDOW_S": f"{WINDOW_S}",
        "ADLOOM_BURST_PER_MINUTE": f"{plan.shape.burst}",
        "ADLOOM_SESSION_S": f"{SESSION_S}",
        "ADLOOM_STUCK_S": f"{_STUCK_S}",
    }
    state_dir = StateDir(setting.folder / "state").make()
    with tied_stack(state_dir, {**setting.environ, **settings}, only=("kafka", "redis", "topics")) as stack:
        environ = {**setting.environ, **settings, **stack.environ()}
        group = WorkerGroup(setting.folder / "workers", environ, stack.redis, plan.services)
        with ended_after(group.workers):
            return _Moving(setting, plan, stack, group).run()


class _Moving:
    """One run on one stack."""

    def __init__(self, setting: Setting, plan: Plan, stack: RunningStack, group: WorkerGroup) -> None:
        self._setting, self._plan, self._stack, self._group = setting, plan, stack, group
        self._keys = load_or_make(stack.state_dir.secrets).token_keys
        self._sending = Sending(stack.kafka, plan.per_s)
        self._moves: list[str] = []
        self._looks = 0
        self._promises: list[Promise] = []

    def run(self) -> Outcome:
        try:
            for number in range(self._plan.rounds):
                self._there_and_back(number)
            self._come_again()
        finally:
            self._sending.close()
        shape, plan = self._plan.shape, self._plan
        injected = (
            f"{self._sending.sent:,} messages, {plan.per_s:.0f}/s, {shape.duplicates:.0%} duplicates, "
            f"{shape.poison:.0%} poison, {shape.misplaced:.1%} misplaced",
            f"workers of {' and '.join(plan.services)}: 1 -> 3 -> 1, {plan.rounds} times, {plan.step_s:.1f} s between",
            *self._moves,
        )
        return Outcome(injected, tuple(self._promises))

    def _there_and_back(self, number: int) -> None:
        """One worker of each service, then three, two of which freeze and wake, then one again.

        Shoppers with events before the wake-up get no further events until the end, which would hide stale states.
        """
        before, after = self._messages(2 * number), self._messages(2 * number + 1)
        half = len(before) // 2
        with self._meanwhile(before[:half]):
            if number == 0:
                self._group.start(0)
            self._pause()
            self._group.start(*((1, 2) if number == 0 else (0, 1)))
            self._report("three workers")
        with self._meanwhile(before[half:]):
            counted, frozen = self._late_writes(), self._group.freeze()
            points = zip(frozen, FROZEN_AT.values(), strict=True)
            self._moves += [f"{one.worker.instance} frozen at {at}" for one, at in points]
            self._report("two of them are frozen")
            self._group.until_all_owned()
            self._report("the third owns everything")
            time.sleep(self._plan.frozen_s)
        self._everybody_looks([*self._expected()[0].profiles])  # now the frozen workers hold stale states
        self._sending.finish()
        self._level()
        self._group.wake(frozen)
        self._report("they are awake, and own partitions again")
        self._promises.append(self._tried(number, counted))
        self._look(f"round {number + 1}, when they woke: ")
        with self._meanwhile(after):
            self._pause()
            self._group.end(0, 1)
            self._report("one worker")
        self._level()

    def _late_writes(self) -> list[float]:
        """Batches of rows that were refused, and states that were overwritten, so far."""
        workers = self._group.workers
        refused = sum(worker.wait_for_metric("adloom_part_waits_total", part="ownership") for worker in workers)
        return [refused, sum(worker.wait_for_metric("adloom_written_again_total") for worker in workers)]

    def _tried(self, number: int, before: Sequence[float]) -> Promise:
        """The woken workers must have tried to write rows. Late states are overwritten by the owner's next write."""
        rows, states = (now - then for now, then in zip(self._late_writes(), before, strict=True))
        text = f"round {number + 1}: rows that a woken worker still had to write are refused"
        happened = f"{rows:.0f} batches of rows refused; {states:.0f} states in the changelog overwritten by now"
        return Promise(text, happened, rows > 0)

    def _messages(self, number: int) -> list[Sent]:
        products = [product.product_id for product in demo_catalogue().products]
        seed = self._setting.seed + number
        return Traffic(seed, self._plan.shape, self._keys, products, datetime.now(UTC)).messages()

    @contextmanager
    def _meanwhile(self, messages: Sequence[Sent]) -> Iterator[None]:
        """Sends them in the background, and then views of their shoppers; at the end Kafka has everything."""
        over = threading.Event()
        sender = threading.Thread(target=self._send, args=(messages, over), daemon=True)
        sender.start()
        try:
            yield
        finally:
            over.set()
        sender.join(_SENT_WITHIN_S)
        self._sending.finish()

    def _send(self, messages: Sequence[Sent], over: threading.Event) -> None:
        self._sending.send(messages)
        users = [sent.record.key.decode() for sent in messages if sent.record.key and not sent.reason]
        while not over.is_set():
            self._everybody_looks(sorted(set(users)))

    def _everybody_looks(self, users: Sequence[str]) -> None:
        """Sends one view of each shopper."""
        self._looks += 1
        records = views(users, f"look-{self._looks}", datetime.now(UTC))
        self._sending.send([Sent(record) for record in records])

    def _pause(self) -> None:
        time.sleep(self._plan.step_s)

    def _level(self) -> None:
        """Returns when everything that was sent has been committed."""
        for service in self._plan.services:
            until(f"{service} has read everything", partial(self._has_read, service))

    def _has_read(self, service: str) -> bool:
        """Reads the lag twice: the second result includes messages that were repartitioned during the first."""
        return not any(unread(self._stack.kafka, service) for _ in range(2))

    def _look(self, when: str) -> None:
        """Compares the profiles with the oracle's."""
        result, now_us = self._expected()
        found = profile_promises(self._stack.redis, result, now_us)
        self._promises += [Promise(f"{when}{one.text}", one.happened, one.kept) for one in found]

    def _expected(self) -> tuple[Expected, int]:
        now_us = round(datetime.now(UTC).timestamp() * 1e6)
        secrets, products = self._keys.secrets, products_of(demo_catalogue())
        rules = Rules(round(WINDOW_S * 1000), secrets, products, self._plan.shape.burst)
        return expected(self._events(), rules, now_us), now_us

    def _events(self) -> list[dict[str, Any]]:
        return answered(partial(events_of, self._stack.kafka))

    def _come_again(self) -> None:
        """Sends one more view of each shopper; most partitions have just been restored from the changelog.

        In the long form the last worker is killed before, and loses its disk.
        """
        if not self._setting.short:
            last = self._group.worker("profiles", 2)
            last.end()
            shutil.rmtree(last.data)
            last.start()
            self._moves.append(f"{last.instance} killed at the end, and its disk removed")
        self._everybody_looks([*self._expected()[0].profiles])
        self._sending.finish()
        self._level()
        self._report("one more view of each shopper was sent")
        self._look("after one more view of each shopper: ")
        if "outcomes" in self._plan.services:
            time.sleep(WINDOW_S + _GRACE_S)
            result, _ = self._expected()
            self._promises += outcome_promises(self._stack.kafka, result)
            self._promises += letter_promises(self._stack.kafka, result, self._events())

    def _report(self, text: str) -> None:
        self._setting.report(text)
