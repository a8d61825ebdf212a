"""The records of the stack: a program, and its state while it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Probe = Callable[[], Awaitable[str]]
"""Asks a running program whether it is ready: "" when it is, else what it waits for. Ends within two seconds."""


async def nothing_to_ask() -> str:
    """The probe of a program that is ready as soon as it runs."""
    return ""


def nothing_to_do() -> None:
    """The preparation of a program that needs none."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program of the stack: how to start it, which programs it needs, how to probe whether it is ready.

    A `step` is ready once it has ended with status 0; any other program is restarted whenever it ends. A program
    without a command is external (an existing broker): it is only probed.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    folder: Path  # working directory, made before the start
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()  # programs that must be ready before this one is started
    probe: Probe = nothing_to_ask
    prepare: Callable[[], None] = nothing_to_do  # before every start: write the configuration, sweep remains
    ready_within_s: float = 60.0
    stop_within_s: float = 8.0  # from SIGTERM to SIGKILL
    step: bool = False
    telling: str = r"\S"  # regular expression of the log lines that say best why it failed
    along: tuple[str, ...] = ()  # programs that are started too where this one is asked for by name

    @property
    def external(self) -> bool:
        return not self.command


@dataclass(slots=True)
class State:
    """What is known about one program now; changed by its `ProcessRunner` only."""

    pid: int | None = None
    ready: bool = False
    restarts: int = 0  # after deaths; an ordered stop does not count
    waiting_for: str = "start"
    last_exit: str = ""  # of the previous run: "exit status 1", "SIGKILL"
    stopped: bool = False  # by `adloom stop`

    def facts(self, program: Program) -> dict[str, Any]:
        """The entry of `adloom status --json`."""
        log = None if program.external else str(program.log)
        return {
            "pid": self.pid,
            "ready": self.ready,
            "restarts": self.restarts,
            "log": log,
            "waiting_for": "" if self.ready else self.waiting_for,
            "last_exit": self.last_exit,
            "stopped": self.stopped,
            "external": program.external,
        }
