"""Runs the whole stack: every program kept by its keeper, in dependency order, until it is told to end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from typing import Any

from services.common.errors import Misconfigured, Unavailable
from services.common.whole_file import write_whole
from services.stack.addresses import EXTERNAL, Addresses
from services.stack.home import Home
from services.stack.keeper import Keeper, exit_text
from services.stack.program import Program
from services.stack.unwritten import Unwritten

DEATHS_ALLOWED = 3  # of one program, while the stack comes up
_LOOK_S = 0.2
_WRITE_AGAIN_S = 1.0
_SHOWN = 300


class Supervisor:
    """The programs of one stack. `up` brings them up, `serve` keeps them, `down` ends them; all in one event loop."""

    def __init__(self, home: Home, addresses: Addresses, programs: tuple[Program, ...]) -> None:
        self.home = home
        self.addresses = addresses
        self.unwritten = Unwritten()
        self.keepers = {program.name: Keeper(program, self.write_state, self.unwritten) for program in programs}
        self.phase = "starting"
        self.why = ""  # it failed
        self.ending = asyncio.Event()
        self._lives: list[asyncio.Task[None]] = []
        self._writing: asyncio.Task[None] | None = None
        self._broken: BaseException | None = None

    async def up(self) -> None:
        """Start everything; returns when all is ready or the end was ordered, raises `Unavailable` if it cannot."""
        self._writing = asyncio.create_task(self._write_again())
        for keeper in self.keepers.values():
            keeper.want()
            self._lives.append(asyncio.create_task(keeper.live(self.keepers)))
            self._lives[-1].add_done_callback(self._life_ended)
        await self._until(asyncio.gather(*(self._ready(keeper) for keeper in self.keepers.values())))
        if not self.ending.is_set():
            self.phase = "up"
            self.write_state()

    async def serve(self) -> None:
        """Returns when the end is ordered."""
        await self._until(asyncio.create_task(self.ending.wait()))

    async def _until(self, goal: asyncio.Future[Any]) -> None:
        """Until the goal is reached or the end is ordered; raises what keeps the goal away, or broke a keeper."""
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
        """A step's life ends by itself; that any other one does is a mistake of ours and ends the stack."""
        if not life.cancelled() and life.exception() is not None:
            self._broken = life.exception()
            self.ending.set()

    async def down(self) -> None:
        """Stop the programs, each before those that it needs; returns when no process is left."""
        self.phase = "stopping" if not self.why else "failed"
        left = dict(self.keepers)
        while left:
            needed = {name for keeper in left.values() for name in keeper.program.needs}
            now = [name for name in left if name not in needed]
            await asyncio.gather(*(left.pop(name).stop() for name in now))
        tasks = [*self._lives, *([self._writing] if self._writing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.phase = "down" if not self.why else "failed"
        self.write_state()

    def order(self, verb: str, name: str) -> Keeper:
        """The keeper that a person may stop or start; raises `Misconfigured` saying why not."""
        keeper = self.keepers.get(name)
        if keeper is None:
            raise Misconfigured(f"no process is called {name!r}; there are {', '.join(self.keepers)}.")
        if keeper.program.external:
            given = f"{EXTERNAL[name]}={self.addresses[name]}"
            raise Misconfigured(f"{name} is not of this stack ({given}): {verb} it where it runs.")
        if keeper.program.step:
            raise Misconfigured(f"{name} is a step that runs once, there is nothing to {verb}.")
        return keeper

    def facts(self) -> dict[str, Any]:
        """What `adloom status --json` prints."""
        doors = {name: self.addresses[name] for name in ("kafka", "redis", "triton", "creative", "events")}
        entries = {name: keeper.state.facts(keeper.program) for name, keeper in self.keepers.items()}
        steps = {name for name, keeper in self.keepers.items() if keeper.program.step}
        return {
            **doors,
            "phase": self.phase,
            "why": self.why,
            "unwritten": self.unwritten.facts(),
            "supervisor": os.getpid(),
            "processes": {name: entry for name, entry in entries.items() if name not in steps},
            "steps": {name: entry for name, entry in entries.items() if name in steps},
        }

    def write_state(self) -> None:
        """Put the facts where every command finds them, whole at any moment; a full disk does not stop us."""
        path = self.home.state
        with self.unwritten.noted(path):
            write_whole(path, json.dumps(self.facts(), indent=1))

    async def _write_again(self) -> None:
        """Until cancelled: what could not be written is, once there is room."""
        while True:
            await asyncio.sleep(_WRITE_AGAIN_S)
            if self.home.state in self.unwritten:
                self.write_state()

    async def _ready(self, keeper: Keeper) -> None:
        """Until it is ready for the first time; raises `Unavailable` when it takes too long or dies too often, and
        `Misconfigured` where it says that it was told something wrong: it would say so again."""
        waited_from: float | None = None
        program = keeper.program
        while not keeper.ready.is_set():
            if keeper.state.last_exit == exit_text(Misconfigured.exit_status):
                raise Misconfigured(f"{program.name}: {self._last_words(program)}")
            if keeper.state.restarts >= DEATHS_ALLOWED:
                raise Unavailable(program.name, f"it ended ({keeper.state.last_exit}), {self._last_words(program)}")
            if waited_from is None and all(self.keepers[need].ready.is_set() for need in program.needs):
                waited_from = time.monotonic()
            if waited_from is not None and time.monotonic() - waited_from > program.ready_within_s:
                waits = f"not ready after {program.ready_within_s:.0f} s, it waits for {keeper.state.waiting_for}"
                raise Unavailable(program.name, f"{waits}, {self._last_words(program)}")
            await asyncio.sleep(_LOOK_S)

    def _last_words(self, program: Program) -> str:
        if program.external:
            return f"{EXTERNAL[program.name]} names {self.addresses[program.name]}, which is not of this stack"
        return last_words(program)


def last_words(program: Program) -> str:
    """Where a program's log lies and the last telling line in it."""
    lines = program.log.read_text(errors="replace").splitlines() if program.log.exists() else []
    said = [line for line in lines if re.search(program.telling, line)] or lines or ["(nothing)"]
    return f"its log {program.log} says: {said[-1][:_SHOWN]}"
