"""Kills processes of a stack, at named places or at any moment, and measures how soon the supervisor has them back."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError

from services.common.crash_points import arm, disarm, is_armed
from services.stack import control
from services.stack.home import Home

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


@dataclass(slots=True)
class Killer:
    """Kills one process after another; whoever uses it goes on sending until `done`."""

    home: Home
    points: Path  # the folder that the processes find in ADLOOM_CRASH_POINTS
    deaths: list[Death] = field(default_factory=list)
    _now: Kill | None = None
    _pid: int = 0
    _since: float = 0.0
    _ended_at: float | None = None

    def begin(self, kill: Kill, after_s: float = 0.0) -> None:
        """Arms the place, or kills after so many seconds."""
        self._now, self._pid, self._since, self._ended_at = kill, self._process(kill.process), time.monotonic(), None
        if kill.place:
            arm(self.points, kill.process, kill.place, kill.passes)
        else:
            time.sleep(after_s)
            os.kill(self._pid, signal.SIGKILL)

    def is_dead(self) -> bool:
        """Whether the process has ended; looks."""
        if self._ended_at is None and _ended(self._pid):
            self._ended_at = time.monotonic()
        return self._ended_at is not None

    def gave_up(self) -> bool:
        """Whether the place was not reached in all this time; then it is armed no longer."""
        kill = self._now
        assert kill is not None
        if self.is_dead() or time.monotonic() - self._since < KILLED_WITHIN_S:
            return False
        if disarm(self.points, kill.process, kill.place):
            self.deaths.append(Death(kill, None, reached=False))
            return True
        return False

    def wait_until_back(self) -> Death:
        """Returns when the successor is at work; call it after the end."""
        kill, ended_at = self._now, self._ended_at
        assert kill is not None and ended_at is not None
        reached = not (kill.place and is_armed(self.points, kill.process, kill.place))
        death = Death(kill, None, reached)
        while time.monotonic() < ended_at + BACK_WITHIN_S:
            if self._at_work(kill.process):
                death = Death(kill, time.monotonic() - ended_at, reached)
                break
            time.sleep(_LOOK_S)
        self.deaths.append(death)
        return death

    def _at_work(self, name: str) -> bool:
        """Whether a successor says that it waits for nothing; ours by their own word, others by the supervisor's."""
        entry = control.read_state(self.home)["processes"][name]
        if entry["pid"] in (None, self._pid):
            return False
        port = json.loads((self.home.run / "ports.json").read_text()).get(f"health_{name}")
        return _ready(port) if port else bool(entry["ready"])

    def _process(self, name: str) -> int:
        until = time.monotonic() + BACK_WITHIN_S
        while time.monotonic() < until:
            entry = control.read_state(self.home)["processes"][name]
            if entry["ready"] and entry["pid"]:
                return int(entry["pid"])
            time.sleep(_LOOK_S)
        raise TimeoutError(f"{name} did not come back")


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _ended(pid: int) -> bool:
    """Whether a process does nothing more, collected by its parent or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True
