"""Keeps one program running: starts it when the programs it needs are ready, probes it, restarts it, stops it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from services.tools.stack import backoff, descendants
from services.tools.stack.program import Program, State
from services.tools.stack.unwritten import Unwritten, reason

_LAUNCH = str(Path(__file__).with_name("launch.py"))
_ASK_STARTING_S = 0.1
_ASK_READY_S = 2.0
_LIVES_KEPT = 50
_NOT_STARTED = 1  # in place of an exit status
_LARGEST_LOG_BYTES = 32 * 1024 * 1024
log = logging.getLogger(__name__)


class ProcessRunner:
    """Runs one program. `ready` is an event that others wait for; `changed` is called after every change of state."""

    def __init__(self, program: Program, changed: Callable[[], None], unwritten: Unwritten | None = None) -> None:
        self.program = program
        self._unwritten = unwritten or Unwritten()
        self.state = State()
        self.ready = asyncio.Event()
        self.wanted = asyncio.Event()
        self.unwanted = asyncio.Event()
        self.idle = asyncio.Event()  # set while no process of this program runs
        self.idle.set()
        self.started_at = 0.0
        self._changed = changed
        self._lives: deque[backoff.Life] = deque(maxlen=_LIVES_KEPT)
        self._worked = False  # the process that runs, or ran last, was ready

    def want(self) -> None:
        """Let `live` start the program and keep it running."""
        self.unwanted.clear()
        self.wanted.set()
        self._note(stopped=False)

    async def stop(self) -> None:
        """Stop the program; returns when none of its processes is left. It stays stopped until `want`."""
        self.wanted.clear()
        self.unwanted.set()
        await self.idle.wait()
        self._note(stopped=True, waiting_for="adloom start")

    async def live(self, needs: Mapping[str, ProcessRunner]) -> None:
        """Run the program whenever it is wanted, until cancelled; returns when a step has succeeded."""
        while True:
            await self.wanted.wait()
            await self._for_needs(needs)
            if not self.wanted.is_set():  # stopped while it waited
                continue
            code = await self._ask_for_ever() if self.program.external else await self._run()
            if self.program.step and code == 0:
                self._note(ready=True)
                return
            if self.wanted.is_set():
                await self._after_death()

    async def _for_needs(self, needs: Mapping[str, ProcessRunner]) -> None:
        for name in self.program.needs:
            if not needs[name].ready.is_set():
                self._note(waiting_for=name)
                await needs[name].ready.wait()

    async def _after_death(self) -> None:
        self._lives.append(backoff.Life(time.monotonic() - self.started_at, self._worked))
        pause = backoff.delay_s(self._lives)
        self._note(restarts=self.state.restarts + 1, waiting_for=f"restart after {self.state.last_exit}")
        log.warning("%s ended by itself (%s), restart in %.1f s", self.program.name, self.state.last_exit, pause)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self.unwanted.wait()

    async def _run(self) -> int:
        """One run, from its start to the end of the last process of its session; its exit status."""
        self.started_at, self._worked = time.monotonic(), False
        self.idle.clear()
        try:
            return await self._one_run(await self._start())
        except OSError as refused:  # a full disk, or no free process: like a run that ended at once
            self._note(pid=None, last_exit=f"no start, {refused.filename or 'the system'}: {reason(refused)}")
            return _NOT_STARTED
        finally:
            self.idle.set()

    async def _one_run(self, process: asyncio.subprocess.Process) -> int:
        self._note(pid=process.pid, waiting_for="start")
        asking = asyncio.create_task(self._ask_for_ever())
        try:
            await self._until_end(process)
        finally:
            asking.cancel()
            await self._clear_away(process)
        return process.returncode or 0

    async def _start(self) -> asyncio.subprocess.Process:
        """Write the program's files, then start its process; raises `OSError`."""
        self.program.folder.mkdir(parents=True, exist_ok=True)
        self.program.prepare()
        with self._open_log() as output:
            return await asyncio.create_subprocess_exec(
                *self._command(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.program.folder,
                env=dict(self.program.environment),
                start_new_session=True,
            )

    async def _until_end(self, process: asyncio.subprocess.Process) -> None:
        """Returns when the process has ended, or `stop_within_s` after SIGTERM where it ignores a requested stop."""
        ended = asyncio.create_task(process.wait())
        unwanted = asyncio.create_task(self.unwanted.wait())
        try:
            await asyncio.wait({ended, unwanted}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                process.terminate()
                await asyncio.wait({ended}, timeout=self.program.stop_within_s)
        finally:
            unwanted.cancel()
            ended.cancel()

    async def _clear_away(self, process: asyncio.subprocess.Process) -> None:
        """Kill what is left of the session (a program that ignored SIGTERM, Triton's stubs), and record the exit."""
        await asyncio.to_thread(descendants.end_all, lambda: descendants.in_session(process.pid), 0.0)
        code = await process.wait()
        self._note(pid=None, ready=False, last_exit=exit_text(code))

    async def _ask_for_ever(self) -> int:
        """Probe the program and update `ready` and `waiting_for`, until cancelled; a step is not probed."""
        while not self.program.step:
            answer = await self.program.probe()
            self._note(ready=not answer, waiting_for=answer)
            self._worked |= not answer
            await asyncio.sleep(_ASK_STARTING_S if answer else _ASK_READY_S)
        return 0

    def _command(self) -> list[str]:
        return [sys.executable, "-I", "-S", _LAUNCH, str(os.getpid()), *self.program.command]

    def _open_log(self) -> IO[bytes]:
        """Open the log for appending; a large one is moved aside first. Where that fails, output is discarded."""
        path = self.program.log
        with self._unwritten.noted(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size > _LARGEST_LOG_BYTES:
                path.replace(path.with_suffix(".log.1"))
            output = path.open("ab", buffering=0)
            began = f"--- {self.program.name} started {datetime.now(UTC).isoformat(timespec='seconds')}\n"
            with contextlib.suppress(OSError):  # a full disk now may have room for the program's output later
                output.write(began.encode())
            return output
        return open(os.devnull, "ab", buffering=0)

    def _note(self, **changes: object) -> None:
        """Change the state, and call `changed` if it differs from before."""
        before = repr(self.state)
        for name, value in changes.items():
            setattr(self.state, name, value)
        (self.ready.set if self.state.ready else self.ready.clear)()
        if repr(self.state) != before:
            self._changed()


def exit_text(code: int) -> str:
    """How a process ended, as text.

    >>> exit_text(1), exit_text(-9)
    ('exit status 1', 'SIGKILL')
    """
    return signal.Signals(-code).name if code < 0 else f"exit status {code}"
