"""Orders to a running supervisor: one JSON line each way over a socket in the home's `run` folder."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from services.common.errors import Misconfigured, Unavailable
from services.tools.stack.state_dir import StateDir

SOCKET, LOCK, STATE = "control.sock", "supervisor.lock", "stack.json"
ORDER_TIMEOUT_S = 60.0
Orders = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


@contextmanager
def short_path(folder: Path, name: str) -> Iterator[str]:
    """A path of the file that fits a socket address (108 bytes) however long the folder's path is."""
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{name}"
    finally:
        os.close(handle)


@contextmanager
def sole_supervisor(state_dir: StateDir) -> Iterator[None]:
    """Held by the one supervisor of a home; the kernel lets go of it when that ends, however it ends."""
    with (state_dir.run / LOCK).open("a+") as file:
        if not any(_takes(file, fcntl.LOCK_EX, pause) for pause in (0.05, 0.05, 0.05, 0.0)):  # another may just look
            raise Misconfigured(already_up(state_dir))
        yield


def _takes(file: IO[str], kind: int, pause_s: float) -> bool:
    """Whether the lock could be had now; waits a moment where not."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(pause_s)
        return False
    return True


def already_up(state_dir: StateDir) -> str:
    """Why a second `up` is refused."""
    pid = read_state(state_dir).get("supervisor", "?")
    return f"a stack of {state_dir.folder} already runs (supervisor {pid}); see adloom status, end it with adloom down."


def is_running(state_dir: StateDir) -> bool:
    """Whether a supervisor of this home is alive."""
    path = state_dir.run / LOCK
    if not path.exists():
        return False
    with path.open() as file:
        return not _takes(file, fcntl.LOCK_SH, 0.0)


def read_state(state_dir: StateDir) -> dict[str, Any]:
    """What the supervisor last wrote down; empty where none ever ran."""
    path = state_dir.run / STATE
    state: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return state


def order(state_dir: StateDir, **words: str) -> dict[str, Any]:
    """Give an order and return the answer; raises `Misconfigured` with the supervisor's reason for refusing it."""
    if not is_running(state_dir):
        raise Misconfigured(f"no stack of {state_dir.folder} runs: adloom up starts it.")
    with socket.socket(socket.AF_UNIX) as line, short_path(state_dir.run, SOCKET) as path:
        line.settimeout(ORDER_TIMEOUT_S)
        try:
            line.connect(path)
            line.sendall(json.dumps(words).encode() + b"\n")
            answer: dict[str, Any] = json.loads(line.makefile().readline() or "{}")
        except OSError as exc:
            raise Unavailable("supervisor", f"it does not answer ({exc})") from exc
    if "refused" in answer:
        raise Misconfigured(str(answer["refused"]))
    return answer


async def listen(state_dir: StateDir, carry_out: Orders) -> asyncio.Server:
    """Take orders until the server is closed; an order that raises `Misconfigured` is answered with its text."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await carry_out(json.loads(await reader.readline()))
        except (Misconfigured, ValueError, KeyError) as exc:
            answer = {"refused": str(exc)}
        writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    (state_dir.run / SOCKET).unlink(missing_ok=True)
    with short_path(state_dir.run, SOCKET) as path:
        server = await asyncio.start_unix_server(serve, path)
    (state_dir.run / SOCKET).chmod(0o600)
    return server
