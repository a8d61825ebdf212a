"""Runs the whole stack: one `ProcessRunner` per program, in dependency order, until it is asked to end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from typing import Any

from services.common.errors import Misconfigured, Unavailable
from services.runtime.whole_file import write_whole
from services.tools.stack.addresses import EXTERNAL, SERVICES, Addresses
from services.tools.stack.process_runner import ProcessRunner, exit_text
from services.tools.stack.program import Program
from services.tools.stack.state_dir import StateDir
from services.tools.stack.unwritten import Unwritten

DEATHS_ALLOWED = 3  # of one program, while the stack comes up
_LOOK_S = 0.2
_WRITE_AGAIN_S = 1.0
_SHOWN = 300


class Supervisor:
    """The programs of one stack. `up` brings them up, `serve` keeps them, `down` ends them; all in one event loop."""

    def __init__(
        self, state_dir: StateDir, addresses: Addresses, programs: tuple[Program, ...], assets: str = ""
    ) -> None:
        """`assets` is where the programs keep pictures, for those who ask."""
        self.state_dir = state_dir
        self.assets = assets
        self.addresses = addresses
        self.unwritten = Unwritten()
        self.runners = {program.name: ProcessRunner(program, self.write_state, self.unwritten) for program in programs}
        self.phase = "starting"
        self.why = ""  # the reason, once the stack has failed
        self.ending = asyncio.Event()
        self._lives: list[asyncio.Task[None]] = []
        self._writing: asyncio.Task[None] | None = None
        self._broken: BaseException | None = None

    async def up(self) -> None:
        """Start everything; returns when all is ready or the end was ordered, raises `Unavailable` if it cannot."""
        self._writing = asyncio.create_task(self._write_again())
        for runner in self.runners.values():
            runner.want()
            self._lives.append(asyncio.create_task(runner.live(self.runners)))
            self._lives[-1].add_done_callback(self._life_ended)
        await self._until(asyncio.gather(*(self._ready(runner) for runner in self.runners.values())))
        if not self.ending.is_set():
            self.phase = "up"
            self.write_state()

    async def serve(self) -> None:
        """Returns when the end is ordered."""
        await self._until(asyncio.create_task(self.ending.wait()))

    async def _until(self, goal: asyncio.Future[Any]) -> None:
        """Wait until the goal is reached or the end is ordered; raises the goal's error, or that of a runner."""
        ended = asyncio.create_task(self.ending.wait())
        try:
            await asyncio.wait({goal, ended}, return_when=asyncio.FIRST_COMPLETED)
            if goal.done():
                goal.result()
            if self._broken is not None:
                raise self._broken
        finally:
            goal.cancel()
            ended.cancel()

    def _life_ended(self, life: asyncio.Task[None]) -> None:
        """End the stack where a runner's task failed, which is a bug; the task of a step ends without an error."""
        if not life.cancelled() and life.exception() is not None:
            self._broken = life.exception()
            self.ending.set()

    async def down(self) -> None:
        """Stop the programs, each before those that it needs; returns when no process is left."""
        self.phase = "stopping" if not self.why else "failed"
        left = dict(self.runners)
        while left:
            needed = {name for runner in left.values() for name in runner.program.needs}
            now = [name for name in left if name not in needed]
            await asyncio.gather(*(left.pop(name).stop() for name in now))
        tasks = [*self._lives, *([self._writing] if self._writing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.phase = "down" if not self.why else "failed"
        self.write_state()

    def order(self, verb: str, name: str) -> ProcessRunner:
        """The runner that `adloom stop` or `start` may act on; raises `Misconfigured` saying why they may not."""
        runner = self.runners.get(name)
        if runner is None:
            raise Misconfigured(f"no process is called {name!r}; there are {', '.join(self.runners)}.")
        if runner.program.external:
            given = f"{EXTERNAL[name]}={self.addresses[name]}"
            raise Misconfigured(f"{name} is not of this stack ({given}): {verb} it where it runs.")
        if runner.program.step:
            raise Misconfigured(f"{name} is a step that runs once, there is nothing to {verb}.")
        return runner

    def facts(self) -> dict[str, Any]:
        """What `adloom status --json` prints."""
        endpoints = {name: self.addresses[name] for name in SERVICES}
        entries = {
            name: {**runner.state.facts(runner.program), "address": endpoints.get(name, "")}
            for name, runner in self.runners.items()
        }
        steps = {name for name, runner in self.runners.items() if runner.program.step}
        return {
            **endpoints,
            "assets": self.assets,
            "four_eyes": os.environ.get("ADLOOM_FOUR_EYES", ""),
            "phase": self.phase,
            "why": self.why,
            "unwritten": self.unwritten.facts(),
            "supervisor": os.getpid(),
            "processes": {name: entry for name, entry in entries.items() if name not in steps},
            "steps": {name: entry for name, entry in entries.items() if name in steps},
        }

    def write_state(self) -> None:
        """Write the facts to the state file for all commands, atomically; a full disk does not stop the stack."""
        path = self.state_dir.state
        with self.unwritten.noted(path):
            write_whole(path, json.dumps(self.facts(), indent=1))

    async def _write_again(self) -> None:
        """Retry a failed write of the state file until cancelled."""
        while True:
            await asyncio.sleep(_WRITE_AGAIN_S)
            if self.state_dir.state in self.unwritten:
                self.write_state()

    async def _ready(self, runner: ProcessRunner) -> None:
        """Wait until the program is ready for the first time.

        Raises `Unavailable` where what it waits for does not change for too long or it dies too often, and
        `Misconfigured` where it exits with that status, because a restart would end in the same way.
        """
        waited_from: float | None = None
        waits_for, program = "", runner.program
        while not runner.ready.is_set():
            if runner.state.last_exit == exit_text(Misconfigured.exit_status):
                raise Misconfigured(f"{program.name}: {self._last_message(program)}")
            if runner.state.restarts >= DEATHS_ALLOWED:
                raise Unavailable(program.name, f"it ended ({runner.state.last_exit}), {self._last_message(program)}")
            moved = runner.state.waiting_for != waits_for  # "120 of 400 ads"
            if (waited_from is None or moved) and all(self.runners[need].ready.is_set() for need in program.needs):
                waited_from, waits_for = time.monotonic(), runner.state.waiting_for
            if waited_from is not None and time.monotonic() - waited_from > program.ready_within_s:
                waits = f"no progress in {program.ready_within_s:.0f} s, it waits for {runner.state.waiting_for}"
                raise Unavailable(program.name, f"{waits}, {self._last_message(program)}")
            await asyncio.sleep(_LOOK_S)

    def _last_message(self, program: Program) -> str:
        if program.external:
            return f"{EXTERNAL[program.name]} names {self.addresses[program.name]}, which is not of this stack"
        return last_message(program)


def last_message(program: Program) -> str:
    """The path of a program's log, and the last line in it that matches `telling`."""
    lines = program.log.read_text(errors="replace").splitlines() if program.log.exists() else []
    matching = [line for line in lines if re.search(program.telling, line)] or lines or ["(nothing)"]
    return f"its log {program.log} says: {matching[-1][:_SHOWN]}"
