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
from services.tools.stack import control, descendants
from services.tools.stack.addresses import SERVICES
from services.tools.stack.state_dir import StateDir
from services.tools.stack.surroundings import own

Show = Callable[[dict[str, Any]], None]
UP_WITHIN_S = 300.0
DOWN_WITHIN_S = 60.0
GENTLY_S, FORCED_WITHIN_S = 2.0, 30.0  # from SIGTERM to SIGKILL, and to giving up, without a supervisor
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class RunningStack:
    """The endpoints of a stack that is up."""

    state_dir: StateDir
    kafka: str
    redis: str
    triton: str
    creative: str
    events: str
    web: str
    assets: str  # where its pictures are: a folder, or the URL of an object store

    def environ(self) -> dict[str, str]:
        """What a process needs in its environment to use this stack."""
        return {
            "ADLOOM_HOME": str(self.state_dir.folder),
            "ADLOOM_KAFKA": self.kafka,
            "ADLOOM_REDIS": self.redis,
            "ADLOOM_TRITON": self.triton,
            "ADLOOM_CREATIVE": self.creative,
            "ADLOOM_EVENTS": self.events,
            "ADLOOM_WEB": self.web,
            "ADLOOM_SECRETS_DIR": str(self.state_dir.secrets),
            "ADLOOM_ASSETS_DIR": self.assets,
            "ADLOOM_TRITON_KEY_FILE": str(self.state_dir.secrets / "triton.key"),
        }

    def status(self) -> dict[str, Any]:
        """The facts of `adloom status --json` now."""
        return control.read_state(self.state_dir)

    def stop(self, name: str) -> None:
        """`adloom stop NAME`: returns when the process has ended."""
        control.order(self.state_dir, verb="stop", name=name)

    def start(self, name: str) -> None:
        """`adloom start NAME`: returns at once."""
        control.order(self.state_dir, verb="start", name=name)


def nothing_shown(facts: dict[str, Any]) -> None:
    """Show nothing, for callers without a terminal."""


def running(state_dir: StateDir) -> RunningStack:
    """The stack of this state directory; raises `Misconfigured` when none is up."""
    if not control.is_running(state_dir):
        raise Misconfigured(f"no stack of {state_dir.folder} runs: adloom up starts it.")
    state = control.read_state(state_dir)
    assets = state.get("assets", str(state_dir.assets))
    return RunningStack(state_dir, **{name: state[name] for name in SERVICES}, assets=assets)


def spawn(
    state_dir: StateDir, environ: Mapping[str, str], only: tuple[str, ...] = (), tied: bool = False
) -> subprocess.Popen[bytes]:
    """Start a supervisor in its own session; where it is `tied`, it ends when its standard input is closed."""
    if control.is_running(state_dir.make()):
        raise Misconfigured(control.already_up(state_dir))
    command = [
        sys.executable,
        "-m",
        "services.tools.stack.main",
        f"--only={','.join(only)}",
        *(["--tied"] if tied else []),
    ]
    with state_dir.log("supervisor").open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE if tied else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**own(environ), "ADLOOM_HOME": str(state_dir.folder)},
            start_new_session=True,
        )


def wait_until_up(state_dir: StateDir, supervisor: subprocess.Popen[bytes], show: Show = nothing_shown) -> RunningStack:
    """Returns when everything is ready; raises `AdloomError` with the supervisor's reason where it ended instead."""
    assert supervisor.stdout is not None  # `spawn` opens this pipe
    with supervisor.stdout as output:
        return _wait_until_up(state_dir, supervisor, output, show)


def _wait_until_up(
    state_dir: StateDir, supervisor: subprocess.Popen[bytes], output: IO[bytes], show: Show
) -> RunningStack:
    until = time.monotonic() + UP_WITHIN_S
    before: dict[str, Any] = {}
    while time.monotonic() < until:
        facts = control.read_state(state_dir)
        if facts.get("supervisor") == supervisor.pid:
            show(facts)
            if facts != before:  # a large catalogue takes long, and says how far it is
                until, before = time.monotonic() + UP_WITHIN_S, facts
            if facts["phase"] == "up":
                return running(state_dir)
        if supervisor.poll() is not None:
            wrong = Misconfigured if supervisor.returncode == Misconfigured.exit_status else AdloomError
            raise wrong(why_it_ended(state_dir, output))
        time.sleep(_LOOK_S)
    supervisor.terminate()
    raise Unavailable("supervisor", f"nothing moved for {UP_WITHIN_S:.0f} s")


def why_it_ended(state_dir: StateDir, output: IO[bytes]) -> str:
    """The last line that the supervisor printed, without its prefix; where there is none, the last line of its log."""
    os.set_blocking(output.fileno(), False)
    text = (output.read() or b"").decode(errors="replace")
    lines = (text or state_dir.log("supervisor").read_text(errors="replace")).strip().splitlines() or ["(no output)"]
    return lines[-1].removeprefix("adloom: ")


def end(state_dir: StateDir) -> bool:
    """End the stack, if need be by force; whether there was one. Raises `Unavailable` where processes are left."""
    found = control.is_running(state_dir) or bool(descendants.marked(state_dir.token))
    if control.is_running(state_dir) and not _ended_by_order(state_dir):
        holder = control.holder(state_dir)
        descendants.send([holder] if holder else [], signal.SIGKILL)
    left = descendants.end_all(lambda: descendants.marked(state_dir.token), GENTLY_S, FORCED_WITHIN_S)
    if left or not _has_ended(state_dir, GENTLY_S):
        raise Unavailable(
            "supervisor", f"the stack did not end, processes {left or control.holder(state_dir)} are left"
        )
    return found


def _has_ended(state_dir: StateDir, within_s: float) -> bool:
    """Whether the supervisor is gone within this time."""
    until = time.monotonic() + within_s
    while control.is_running(state_dir) and time.monotonic() < until:
        time.sleep(_LOOK_S)
    return not control.is_running(state_dir)


def _ended_by_order(state_dir: StateDir) -> bool:
    """Whether the supervisor accepted the command and ended in time."""
    try:
        control.order(state_dir, control.ANSWER_TIMEOUT_S, verb="down")
    except control.NotListening:  # it is starting or ending
        pass
    except Unavailable:
        return False
    return _has_ended(state_dir, DOWN_WITHIN_S)


@contextmanager
def tied_stack(
    state_dir: StateDir, environ: Mapping[str, str] = os.environ, only: tuple[str, ...] = (), show: Show = nothing_shown
) -> Iterator[RunningStack]:
    """A stack that is up inside the `with` and ends with it, or with this process however that ends."""
    with spawn(state_dir, environ, only, tied=True) as supervisor:
        try:
            yield wait_until_up(state_dir, supervisor, show)
        finally:
            supervisor.terminate()
            supervisor.wait(DOWN_WITHIN_S)
