"""Starts and ends a supervisor from another process: for `adloom up --detach`, `adloom run`, `make bench` and tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from services.common.errors import AdloomError, Misconfigured, Unavailable
from services.stack import control, descendants
from services.stack.home import Home
from services.stack.surroundings import own

Show = Callable[[dict[str, Any]], None]
UP_WITHIN_S = 300.0
DOWN_WITHIN_S = 60.0
GENTLY_S, FORCED_WITHIN_S = 2.0, 30.0  # from SIGTERM to SIGKILL, and to giving up, without a supervisor
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class RunningStack:
    """The doors of a stack that is up."""

    home: Home
    kafka: str
    redis: str
    triton: str
    creative: str
    events: str

    def environ(self) -> dict[str, str]:
        """What a process needs in its environment to use this stack."""
        return {
            "ADLOOM_HOME": str(self.home.folder),
            "ADLOOM_KAFKA": self.kafka,
            "ADLOOM_REDIS": self.redis,
            "ADLOOM_TRITON": self.triton,
            "ADLOOM_CREATIVE": self.creative,
            "ADLOOM_EVENTS": self.events,
            "ADLOOM_SECRETS_DIR": str(self.home.secrets),
            "ADLOOM_ASSETS_DIR": str(self.home.assets),
            "ADLOOM_TRITON_KEY_FILE": str(self.home.secrets / "triton.key"),
        }

    def status(self) -> dict[str, Any]:
        """The facts of `adloom status --json` now."""
        return control.read_state(self.home)

    def stop(self, name: str) -> None:
        """`adloom stop NAME`: returns when the process has ended."""
        control.order(self.home, verb="stop", name=name)

    def start(self, name: str) -> None:
        """`adloom start NAME`: returns at once."""
        control.order(self.home, verb="start", name=name)


def nothing_shown(facts: dict[str, Any]) -> None:
    """For callers without a person in front of them."""


def running(home: Home) -> RunningStack:
    """The stack of this home; raises `Misconfigured` when none is up."""
    if not control.is_running(home):
        raise Misconfigured(f"no stack of {home.folder} runs: adloom up starts it.")
    state = control.read_state(home)
    return RunningStack(home, *(state[name] for name in ("kafka", "redis", "triton", "creative", "events")))


def spawn(
    home: Home, environ: Mapping[str, str], only: tuple[str, ...] = (), tied: bool = False
) -> subprocess.Popen[bytes]:
    """A supervisor in a session of its own; where it is `tied`, it ends when its standard input is closed."""
    if control.is_running(home.make()):
        raise Misconfigured(control.already_up(home))
    command = [sys.executable, "-m", "services.stack.main", f"--only={','.join(only)}", *(["--tied"] if tied else [])]
    with home.log("supervisor").open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE if tied else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**own(environ), "ADLOOM_HOME": str(home.folder)},
            start_new_session=True,
        )


def wait_until_up(home: Home, supervisor: subprocess.Popen[bytes], show: Show = nothing_shown) -> RunningStack:
    """Returns when everything is ready; raises `AdloomError` with the supervisor's reason when that cannot be."""
    assert supervisor.stdout is not None  # `spawn` has asked for it
    with supervisor.stdout as words:
        return _wait_until_up(home, supervisor, words, show)


def _wait_until_up(home: Home, supervisor: subprocess.Popen[bytes], words: IO[bytes], show: Show) -> RunningStack:
    until = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < until:
        facts = control.read_state(home)
        if facts.get("supervisor") == supervisor.pid:
            show(facts)
            if facts["phase"] == "up":
                return running(home)
        if supervisor.poll() is not None:
            wrong = Misconfigured if supervisor.returncode == Misconfigured.exit_status else AdloomError
            raise wrong(why_it_ended(home, words))
        time.sleep(_LOOK_S)
    supervisor.terminate()
    raise Unavailable("supervisor", f"the stack was not up within {UP_WITHIN_S:.0f} s")


def why_it_ended(home: Home, words: IO[bytes]) -> str:
    """What the supervisor said last, without its own name; where it could not, the last line of its log."""
    os.set_blocking(words.fileno(), False)
    said = (words.read() or b"").decode(errors="replace")
    lines = (said or home.log("supervisor").read_text(errors="replace")).strip().splitlines() or ["(no words)"]
    return lines[-1].removeprefix("adloom: ")


def end(home: Home) -> bool:
    """End the stack, if need be by force; whether there was anything to end. Raises `Unavailable` where it cannot."""
    found = control.is_running(home) or bool(descendants.marked(home.token))
    if control.is_running(home) and not _ended_by_order(home):
        holder = control.holder(home)
        descendants.send([holder] if holder else [], signal.SIGKILL)
    left = descendants.end_all(lambda: descendants.marked(home.token), GENTLY_S, FORCED_WITHIN_S)
    if left or not _has_ended(home, GENTLY_S):
        raise Unavailable("supervisor", f"the stack did not end, processes {left or control.holder(home)} are left")
    return found


def _has_ended(home: Home, within_s: float) -> bool:
    """Whether the supervisor is gone within this time."""
    until = time.monotonic() + within_s
    while control.is_running(home) and time.monotonic() < until:
        time.sleep(_LOOK_S)
    return not control.is_running(home)


def _ended_by_order(home: Home) -> bool:
    """Whether the supervisor took the order and ended in time."""
    try:
        control.order(home, control.ANSWER_TIMEOUT_S, verb="down")
    except control.NotListening:  # it comes up, or goes down
        pass
    except Unavailable:
        return False
    return _has_ended(home, DOWN_WITHIN_S)


@contextmanager
def tied_stack(
    home: Home, environ: Mapping[str, str] = os.environ, only: tuple[str, ...] = (), show: Show = nothing_shown
) -> Iterator[RunningStack]:
    """A stack that is up inside the `with` and ends with it, or with this process however that ends."""
    with spawn(home, environ, only, tied=True) as supervisor:
        try:
            yield wait_until_up(home, supervisor, show)
        finally:
            supervisor.terminate()
            supervisor.wait(DOWN_WITHIN_S)
