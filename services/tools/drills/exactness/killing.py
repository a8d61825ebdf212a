"""Kills processes of a stack, at named points or at any moment, and measures how soon they are ready again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.common.errors import Broken
from services.runtime.fault_points import arm, disarm, is_armed
from services.tools.drills.drill import Promise
from services.tools.stack import control
from services.tools.stack.health_endpoint import health_endpoint
from services.tools.stack.state_dir import StateDir

ANY_MOMENT = ""
KILLED_WITHIN_S = 40.0  # after that an armed point counts as never reached
BACK_WITHIN_S = 120.0  # after that a process counts as not restarted
_LOOK_S = 0.01


@dataclass(frozen=True, slots=True)
class Kill:
    """A process to kill, at a point of `fault_points.POINTS` or at any moment."""

    process: str
    point: str = ANY_MOMENT
    passes: int = 0  # how often the point is passed before the kill

    def __str__(self) -> str:
        return f"{self.process} at {self.point or 'any moment'}"


@dataclass(frozen=True, slots=True)
class Death:
    """The result of a kill."""

    kill: Kill
    back_s: float | None  # from the end of the process until its successor was ready; None: it never was
    reached: bool = True  # whether the point was reached

    def __str__(self) -> str:
        if not self.reached:
            return f"{self.kill}: never reached"
        return f"{self.kill}: {'never back' if self.back_s is None else f'back after {self.back_s:.1f} s'}"


@dataclass(slots=True)
class Killer:
    """Kills processes, one or several at a time; the caller keeps sending between `begin` and `finish`."""

    state_dir: StateDir
    points: Path  # the folder that the processes find in ADLOOM_CRASH_POINTS
    deaths: list[Death] = field(default_factory=list)
    _pending: list[_PendingKill] = field(default_factory=list)

    def begin(self, kill: Kill) -> None:
        """Arms the point, or kills at once."""
        pid = self._process(kill.process)
        self._pending.append(_PendingKill(kill, pid, time.monotonic()))
        if kill.point:
            arm(self.points, kill.process, kill.point, kill.passes)
        else:
            os.kill(pid, signal.SIGKILL)

    def finish(self) -> list[Death]:
        """Waits until each kill has happened and its process is ready again, or a time limit is over."""
        died: list[Death] = []
        while self._pending:
            for pending in list(self._pending):
                death = self._look(pending)
                if death is not None:
                    self._pending.remove(pending)
                    died.append(death)
            time.sleep(_LOOK_S)
        self.deaths += died
        return died

    def _look(self, pending: _PendingKill) -> Death | None:
        """The result of a kill, once there is one."""
        now, kill = time.monotonic(), pending.kill
        if pending.ended_at is None:
            if _ended(pending.pid):
                pending.ended_at = now
            elif now - pending.since > KILLED_WITHIN_S and disarm(self.points, kill.process, kill.point):
                return Death(kill, None, reached=False)
            return None
        reached = not (kill.point and is_armed(self.points, kill.process, kill.point))
        if self._at_work(kill.process, pending.pid):
            return Death(kill, time.monotonic() - pending.ended_at, reached)
        return Death(kill, None, reached) if now - pending.ended_at > BACK_WITHIN_S else None

    def _at_work(self, name: str, before: int) -> bool:
        """Whether a successor is ready: our processes by their health endpoint, others by the supervisor's state."""
        entry = control.read_state(self.state_dir)["processes"][name]
        if entry["pid"] in (None, before):
            return False
        endpoint = health_endpoint(self.state_dir, name, timeout_s=2.0)
        return endpoint.ready() if endpoint else bool(entry["ready"])

    def _process(self, name: str) -> int:
        until = time.monotonic() + BACK_WITHIN_S
        while time.monotonic() < until:
            entry = control.read_state(self.state_dir)["processes"][name]
            if entry["ready"] and entry["pid"]:
                return int(entry["pid"])
            time.sleep(_LOOK_S)
        raise Broken(f"{name} did not come back within {BACK_WITHIN_S:.0f} s")


def back_promise(deaths: Sequence[Death], within_s: float) -> Promise:
    """Each process was ready again in time without manual starts; a broker's start takes longer than ours."""
    limits = [2 * within_s if death.kill.process == "kafka" else within_s for death in deaths]
    times = sorted(death.back_s for death in deaths if death.back_s is not None)
    broken = [d for d, s in zip(deaths, limits, strict=True) if not d.reached or d.back_s is None or d.back_s > s]
    slowest = f", median {times[len(times) // 2]:.1f} s, slowest {times[-1]:.1f} s" if times else ""
    bars = f"{within_s:.0f} s of its end (Kafka: {2 * within_s:.0f} s)"
    return Promise(
        f"each is ready again within {bars}, restarted by the supervisor",
        "; ".join([f"{len(times)} of {len(deaths)} kills{slowest}", *map(str, broken)]),
        bool(deaths) and not broken,
    )


@dataclass(slots=True)
class _PendingKill:
    """A kill that is not complete."""

    kill: Kill
    pid: int
    since: float
    ended_at: float | None = None


def _ended(pid: int) -> bool:
    """Whether a process has ended, also where its parent has not reaped it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True
