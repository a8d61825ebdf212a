"""Kills processes of a stack, at named places or at any moment, and measures how soon the supervisor has them back."""

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
KILLED_WITHIN_S = 40.0  # after that an armed place counts as never reached
BACK_WITHIN_S = 120.0  # after that nobody waits any longer
_LOOK_S = 0.01


@dataclass(frozen=True, slots=True)
class Kill:
    """Whom, and where: a place of `crash_points.POINTS`, or any moment."""

    process: str
    place: str = ANY_MOMENT
    passes: int = 0  # lets so many go by first

    def __str__(self) -> str:
        return f"{self.process} at {self.place or 'any moment'}"


@dataclass(frozen=True, slots=True)
class Death:
    """What became of a kill."""

    kill: Kill
    back_s: float | None  # from the end of the process until its successor was at work; None: it never was
    reached: bool = True  # the place was

    def __str__(self) -> str:
        if not self.reached:
            return f"{self.kill}: never reached"
        return f"{self.kill}: {'never back' if self.back_s is None else f'back after {self.back_s:.1f} s'}"


@dataclass(slots=True)
class Killer:
    """Kills processes, one or several at a time; whoever uses it goes on sending between `begin` and `finish`."""

    state_dir: StateDir
    points: Path  # the folder that the processes find in ADLOOM_CRASH_POINTS
    deaths: list[Death] = field(default_factory=list)
    _hunts: list[_Hunt] = field(default_factory=list)

    def begin(self, kill: Kill) -> None:
        """Arms the place, or kills at once."""
        pid = self._process(kill.process)
        self._hunts.append(_Hunt(kill, pid, time.monotonic()))
        if kill.place:
            arm(self.points, kill.process, kill.place, kill.passes)
        else:
            os.kill(pid, signal.SIGKILL)

    def finish(self) -> list[Death]:
        """Returns when all who were to die have died and have successors at work, or will not die there."""
        died: list[Death] = []
        while self._hunts:
            for hunt in list(self._hunts):
                death = self._look(hunt)
                if death is not None:
                    self._hunts.remove(hunt)
                    died.append(death)
            time.sleep(_LOOK_S)
        self.deaths += died
        return died

    def _look(self, hunt: _Hunt) -> Death | None:
        """How it ended, if it has."""
        now, kill = time.monotonic(), hunt.kill
        if hunt.ended_at is None:
            if _ended(hunt.pid):
                hunt.ended_at = now
            elif now - hunt.since > KILLED_WITHIN_S and disarm(self.points, kill.process, kill.place):
                return Death(kill, None, reached=False)
            return None
        reached = not (kill.place and is_armed(self.points, kill.process, kill.place))
        if self._at_work(kill.process, hunt.pid):
            return Death(kill, time.monotonic() - hunt.ended_at, reached)
        return Death(kill, None, reached) if now - hunt.ended_at > BACK_WITHIN_S else None

    def _at_work(self, name: str, before: int) -> bool:
        """Whether a successor says that it waits for nothing; ours by their own word, others by the supervisor's."""
        entry = control.read_state(self.state_dir)["processes"][name]
        if entry["pid"] in (None, before):
            return False
        door = health_endpoint(self.state_dir, name, timeout_s=2.0)
        return door.ready() if door else bool(entry["ready"])

    def _process(self, name: str) -> int:
        until = time.monotonic() + BACK_WITHIN_S
        while time.monotonic() < until:
            entry = control.read_state(self.state_dir)["processes"][name]
            if entry["ready"] and entry["pid"]:
                return int(entry["pid"])
            time.sleep(_LOOK_S)
        raise Broken(f"{name} did not come back within {BACK_WITHIN_S:.0f} s")


def back_promise(deaths: Sequence[Death], within_s: float) -> Promise:
    """Nobody was started by hand; how soon each was back. A broker's own start takes longer than ours."""
    limits = [2 * within_s if death.kill.process == "kafka" else within_s for death in deaths]
    times = sorted(death.back_s for death in deaths if death.back_s is not None)
    broken = [d for d, s in zip(deaths, limits, strict=True) if not d.reached or d.back_s is None or d.back_s > s]
    slowest = f", median {times[len(times) // 2]:.1f} s, slowest {times[-1]:.1f} s" if times else ""
    bars = f"{within_s:.0f} s of its end (Kafka: {2 * within_s:.0f} s)"
    return Promise(
        f"each is back at work within {bars}, started by nobody's hand",
        "; ".join([f"{len(times)} of {len(deaths)} kills{slowest}", *map(str, broken)]),
        bool(deaths) and not broken,
    )


@dataclass(slots=True)
class _Hunt:
    """One kill under way."""

    kill: Kill
    pid: int
    since: float
    ended_at: float | None = None


def _ended(pid: int) -> bool:
    """Whether a process does nothing more, collected by its parent or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True
