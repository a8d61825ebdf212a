"""Drill `recovery`: a killed worker restores every profile, from its disk or from the changelog; both are timed."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

from services.common.errors import Unavailable
from services.tools.drills.drill import Drill, Mutation, Outcome, Promise, Setting
from services.tools.drills.own_worker import OwnWorker, ended_after
from services.tools.drills.waiting import answered, until

if TYPE_CHECKING:
    from services.features.profile import Profile

SHOPPERS, SHOPPERS_SHORT = 100_000, 3_000
SAMPLE = 1_000  # shoppers who send further events afterwards
_SHOWN_WITHIN_S = 120.0  # a worker that has not applied an event by then is not slow but wrong
_WAITING = f"u1-{'f' * 31}"  # with a digit appended: a shopper whose event waits for the worker; a new one each time


@dataclass(frozen=True, slots=True)
class Comeback:
    """How a worker recovered."""

    ready_s: float  # from its start until it owned its partitions and their states
    applied_s: float  # from its start until Feast showed the event that had waited for it
    restored: int  # states read from the changelog
    restore_s: float  # how long that took, by the worker's own metric

    def __str__(self) -> str:
        rate = f" ({self.restored / self.restore_s:,.0f}/s)" if self.restored and self.restore_s else ""
        read = f"{self.restored:,} states read back in {self.restore_s:.1f} s{rate}"
        return f"{read}, ready after {self.ready_s:.1f} s, first event applied after {self.applied_s:.1f} s"


def run(setting: Setting) -> Outcome:
    """Fills the states, kills the worker twice, and compares."""
    from services.tools.stack.session import tied_stack
    from services.tools.stack.state_dir import StateDir

    state_dir = StateDir(setting.folder / "state").make()
    with tied_stack(state_dir, setting.environ, only=("kafka", "redis", "topics")) as stack:
        worker = OwnWorker("profiles", "profiles-0", setting.folder / "worker", {**setting.environ, **stack.environ()})
        with ended_after([worker]):
            return _Recovery(setting, worker, stack.kafka, stack.redis).run()


class _Recovery:
    """One run: a worker, the events that were sent, and the profiles that must be restored."""

    def __init__(self, setting: Setting, worker: OwnWorker, kafka: str, redis: str) -> None:
        from services.tools.drills.traffic.many_shoppers import shoppers

        self._setting, self._worker, self._kafka, self._redis = setting, worker, kafka, redis
        self._users = shoppers(SHOPPERS_SHORT if setting.short else SHOPPERS)
        self._step = max(1, len(self._users) // SAMPLE)
        self._sample = self._users[:: self._step]
        self._now = datetime.now(UTC)
        self._round = 0
        self._shown: dict[str, Profile] = {}  # of the sample, as Feast had it before the worker was killed

    def run(self) -> Outcome:
        self._fill()
        before = self._states_after_a_kill()
        local = self._come_back()
        kept = (self._resumes("local store"), self._same("local store", before))
        shutil.rmtree(self._worker.data)
        lost = self._come_back()
        brought = (self._resumes("changelog"), self._same("changelog", before))
        injected = (
            f"{len(self._users):,} shoppers, {2 * len(self._users):,} views; then SIGKILL, an event waiting",
            "SIGKILL again, and the disk removed, an event waiting",
            f"after each: an event seen before and a new one of {len(self._sample):,} shoppers",
        )
        everybody = f"{len(before):,} states of {len(self._users):,} shoppers"
        times = f"from the local store: {local}; from the changelog: {lost}"
        return Outcome(
            injected,
            (
                Promise("every shopper has a state", everybody, len(before) == len(self._users)),
                *kept,
                *brought,
                Promise("both recoveries are timed", times, lost.restored >= len(self._users)),
            ),
        )

    def _fill(self) -> None:
        """Sends two views of each shopper, and waits until they are applied."""
        from services.tools.drills.oracle.shown_profiles import profiles_of
        from services.tools.drills.traffic.many_shoppers import send, views

        self._worker.start()
        began = time.monotonic()
        sent = sum(send(self._kafka, views(self._users, f"fill-{number}", self._now)) for number in range(2))
        until("all views were applied", lambda: self._worker.metric("adloom_events_total") >= sent)
        until("Feast shows them", lambda: set(self._views().values()) == {2})
        self._shown = answered(lambda: profiles_of(self._redis, self._sample))
        self._setting.report(f"{sent:,} views applied in {time.monotonic() - began:.0f} s")

    def _views(self) -> dict[str, int]:
        from services.tools.drills.oracle.shown_profiles import views_of

        return views_of(self._redis, self._sample)

    def _states_after_a_kill(self) -> dict[bytes, bytes]:
        """Kills the worker; the states of all shoppers but those whose events waited for it."""
        from services.tools.drills.oracle.stored_states import stored_states

        self._worker.end()
        found = stored_states(self._worker.data, self._setting.folder)
        return {user: state for user, state in found.items() if not user.startswith(_WAITING.encode())}

    def _come_back(self) -> Comeback:
        """Starts the worker with one event waiting for it, and returns when that event is applied."""
        from services.tools.drills.oracle.shown_profiles import views_of
        from services.tools.drills.traffic.many_shoppers import send, views

        self._round += 1
        waiting = f"{_WAITING}{self._round}"
        send(self._kafka, views([waiting], "waiting", self._now))
        began = time.monotonic()
        self._worker.start()
        ready_s = until("the worker is ready", self._worker.ready, look_s=0.02)
        until("the event that waited was applied", lambda: views_of(self._redis, [waiting]) == {waiting: 1})
        applied_s = time.monotonic() - began
        restored = round(self._worker.wait_for_metric("adloom_restored_states"))
        return Comeback(ready_s, applied_s, restored, self._worker.wait_for_metric("adloom_restore_seconds"))

    def _resumes(self, source: str) -> Promise:
        """Sends a new event and a duplicate of an old one for each shopper of the sample."""
        from services.tools.drills.oracle.shown_profiles import profiles_of
        from services.tools.drills.traffic.many_shoppers import send, views

        before, more = self._shown, f"more-{self._round}"
        old, new = (islice(views(self._users, name, self._now), 0, None, self._step) for name in ("fill-0", more))
        send(self._kafka, chain(old, new))
        want = {user: profile.integer("views_total") + 1 for user, profile in before.items()}
        try:
            until("all is applied", lambda: self._views() == want or self._has_read_all(), _SHOWN_WITHIN_S, look_s=0.5)
        except Unavailable:
            self._setting.report("Feast does not show every new event")
        after = self._shown = answered(lambda: profiles_of(self._redis, self._sample))
        wrong = [user for user in self._sample if not _one_more(before.get(user), after.get(user))]
        text = f"after recovery from the {source}, a new event counts once and a duplicate does not count"
        return Promise(text, f"{len(self._sample):,} profiles, {len(wrong)} differ", not wrong)

    def _has_read_all(self) -> bool:
        """Whether the worker has committed all that was sent; it commits after it has written to Feast."""
        from services.tools.drills.oracle.whole_log import unread

        return unread(self._kafka, "profiles") == 0

    def _same(self, source: str, before: dict[bytes, bytes]) -> Promise:
        after, moved = self._states_after_a_kill(), {user.encode() for user in self._sample}
        rest = [user for user in before if user not in moved]
        differ = sum(after.get(user) != before[user] for user in rest)
        strange = len(after.keys() - before.keys())
        happened = f"{len(rest):,} states, {differ} differ, {strange} more than there were"
        return Promise(f"states recovered from the {source} are equal byte for byte", happened, differ + strange == 0)


def _one_more(before: Profile | None, after: Profile | None) -> bool:
    """Whether `after` is `before` with one more view, of the same event time as the others."""
    if before is None or after is None:
        return False
    counted = ("views_total", "last_event_us", "last_view_us", "first_event_us", "decayed_us")
    grown = [after.integer(name) - before.integer(name) for name in counted]
    return grown == [1, 0, 0, 0, 0] and bool(abs(after.decayed[:, 0] - before.decayed[:, 0] - 1.0).max() < 1e-9)


DRILL = Drill(
    "recovery",
    "a killed worker restores every profile, from its disk or from the changelog; both are timed",
    run,
    (
        Mutation(
            "changelog",
            "services/wire/faust/states/recovery.py",
            "        await self._restore(spans)\n",
            "",
        ),
        Mutation(
            "remembered-events", "services/wire/faust/deduplicator.py", "return Fate.DUPLICATE", "return Fate.APPLIED"
        ),
    ),
)
