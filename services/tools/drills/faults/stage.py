"""The stage of the drill: a stack without creative, slow links to Triton and Redis, and a creative that uses them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.errors import Rejected
from services.common.topics import IMPRESSIONS
from services.tools.drills.drill import Setting
from services.tools.drills.faults.fault import Fault, frozen, killed, slowed
from services.tools.drills.faults.open_loop import OpenLoop, Request
from services.tools.drills.faults.slow_link import SlowLink, linked
from services.tools.drills.own_worker import OwnWorker
from services.tools.drills.waiting import until
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from services.wire.codec.decode import decode
from services.wire.kafka.reader import read_to_end

PARTS: Final = ("kafka", "redis", "triton", "topics", "catalogue", "studio")
OURS: Final = ("profiles", "outcomes", "evaluation", "events")
WITHIN_S: Final = 240.0  # Triton alone may take two minutes to start on a busy machine
_LOOK_S: Final = 0.05


@dataclass(slots=True)
class Window:
    """A fault, its begin and end, and when the answers had recovered from it (monotonic seconds)."""

    fault: Fault
    began_at: float
    there_at: float = 0.0  # when it was fully in effect: the end of a process takes a while
    ended_at: float = 0.0
    recovered_at: float = 0.0
    settle_s: float = 0.3

    def during(self, requests: list[Request], settled: bool = False) -> list[Request]:
        """The requests during the fault; with `settled` without those of its first moments."""
        since = max(self.there_at, self.began_at) + self.settle_s if settled else self.began_at
        return [one for one in requests if since <= one.sent_at <= self.ended_at - one.deadline_s]


@dataclass(slots=True)
class Stage:
    """The running parts, and the faults so far."""

    stack: RunningStack
    creative: OwnWorker
    links: dict[str, SlowLink]
    windows: list[Window] = field(default_factory=list)

    def faults(self, short: bool) -> list[Fault]:
        """The faults of the drill, in order."""
        slow = [slowed(self.links[part], part) for part in ("triton", "redis")]
        if short:
            return [frozen(self.stack, "triton"), *slow, killed(self.stack, "redis")]
        parts = [make(self.stack, part) for part in ("triton", "redis", "kafka") for make in (killed, frozen)]
        ours = [make(self.stack, name) for name in OURS for make in (killed, frozen)]
        return [*parts, *slow, *ours]

    def suffer(self, fault: Fault, for_s: float, load: OpenLoop) -> Window:
        """Keeps the fault up for `for_s` seconds, then waits until the answers have recovered."""
        window = Window(fault, time.monotonic())
        fault.begin()
        window.there_at = time.monotonic()
        time.sleep(for_s)
        window.ended_at = time.monotonic()
        fault.end()
        window.recovered_at = self._recovered(window, load)
        self.windows.append(window)
        return window

    def records(self) -> dict[str, Impression]:
        """The first decision record of every impression on the topic."""
        found: dict[str, Impression] = {}
        for raw in read_to_end(self.stack.kafka, IMPRESSIONS, timeout_s=30.0):
            try:
                message = decode(raw).message
            except Rejected:
                continue
            if isinstance(message, Impression):
                found.setdefault(message.impression_id, message)
        return found

    def has_records_left(self) -> bool:
        """Whether creative's journal holds records that Kafka has not confirmed."""
        return self.creative.has_records_left()

    def _recovered(self, window: Window, load: OpenLoop) -> float:
        """Since when eight of ten consecutive answers show no effect of the fault; infinite where never."""
        end = time.monotonic() + WITHIN_S
        while time.monotonic() < end:
            later = [one for one in load.requests[-200:] if one.sent_at > window.ended_at]
            if sum(window.fault.is_over(one) for one in later[-10:]) >= 8:
                return later[-10:][0].sent_at
            time.sleep(_LOOK_S)
        return float("inf")


@contextmanager
def staged(setting: Setting) -> Iterator[Stage]:
    """Starts all parts, and yields the stage when creative is ready."""
    only = PARTS if setting.short else (*PARTS, *OURS)
    with tied_stack(StateDir(setting.folder / "state").make(), setting.environ, only=only) as stack:
        links = {"triton": SlowLink(stack.triton), "redis": SlowLink(stack.redis)}
        with linked(*links.values()):
            environ = {
                **setting.environ,
                **stack.environ(),
                "ADLOOM_TRITON": links["triton"].address,
                "ADLOOM_REDIS": links["redis"].address,
            }
            creative = OwnWorker("creative", "creative-0", setting.folder / "creative-0", environ)
            try:
                creative.start()
                until("creative is ready", creative.ready, WITHIN_S)
                yield Stage(stack, creative, links)
            finally:
                creative.end()
