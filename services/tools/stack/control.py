"""Commands to a running supervisor: one JSON line each way over a socket in the state directory's `run` folder."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from services.common.errors import AdloomError, Misconfigured, Unavailable
from services.tools.stack.state_dir import StateDir

SOCKET, LOCK = "control.sock", "supervisor.lock"
ORDER_TIMEOUT_S = 60.0  # stopping a process takes part of this
ANSWER_TIMEOUT_S = 5.0  # for requests that are answered at once
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
    """Holds the lock of a state directory's one supervisor; the kernel releases it however the process ends."""
    path = state_dir.run / LOCK
    try:
        file = path.open("a+")
    except OSError as exc:
        raise Unavailable("disk", f"{path} cannot be written: {exc.strerror}") from exc
    with file:
        if not any(_takes(file, fcntl.LOCK_EX, pause) for pause in (0.05, 0.05, 0.05, 0.0)):  # or `is_running` holds it
            raise Misconfigured(already_up(state_dir))
        yield


def _takes(file: IO[str], kind: int, pause_s: float) -> bool:
    """Whether the lock was taken; waits `pause_s` where it was not."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(pause_s)
        return False
    return True


def already_up(state_dir: StateDir) -> str:
    """Why a second `up` is refused."""
    pid = holder(state_dir) or "?"
    return f"a stack of {state_dir.folder} already runs (supervisor {pid}); see adloom status, end it with adloom down."


def is_running(state_dir: StateDir) -> bool:
    """Whether a supervisor of this state directory is alive."""
    try:
        with (state_dir.run / LOCK).open() as file:
            return not _takes(file, fcntl.LOCK_SH, 0.0)
    except FileNotFoundError:
        return False
    except OSError:  # the disk cannot even be read: the kernel still knows the holder
        return holder(state_dir) is not None


def holder(state_dir: StateDir) -> int | None:
    """The process that holds the lock, from /proc/locks: the process itself may be unable to answer."""
    try:
        lock = (state_dir.run / LOCK).stat()
        locks = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return None
    # "1: FLOCK  ADVISORY  WRITE 4711 fe:01:131 0 EOF": process, then device and inode of the file
    exclusive = [fields for line in locks if (fields := line.split())[1:4] == ["FLOCK", "ADVISORY", "WRITE"]]
    return next((int(fields[4]) for fields in exclusive if int(fields[5].split(":")[2]) == lock.st_ino), None)


def read_state(state_dir: StateDir) -> dict[str, Any]:
    """The facts that the supervisor reports now, else those that the last one wrote; empty where none ever ran.

    A running supervisor is queried, because a full disk keeps it from writing. Raises `Unavailable` where it does not
    answer.
    """
    if is_running(state_dir):
        with suppress(NotListening):
            return _answer(state_dir, {"verb": "status"}, ANSWER_TIMEOUT_S)
    return _written(state_dir)


def _written(state_dir: StateDir) -> dict[str, Any]:
    try:
        state = json.loads(state_dir.state.read_text())
    except (OSError, ValueError):  # missing or invalid
        return {}
    return state if isinstance(state, dict) else {}


def order(state_dir: StateDir, timeout_s: float = ORDER_TIMEOUT_S, **command: str) -> dict[str, Any]:
    """Send a command and return the answer; raises `Misconfigured` with the supervisor's reason for refusing it."""
    if not is_running(state_dir):
        raise Misconfigured(f"no stack of {state_dir.folder} runs: adloom up starts it.")
    return _answer(state_dir, command, timeout_s)


class NotListening(Unavailable):
    """The supervisor has not opened its socket yet, or has closed it."""


def _answer(state_dir: StateDir, command: dict[str, str], timeout_s: float) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as line, short_path(state_dir.run, SOCKET) as path:
        line.settimeout(timeout_s)
        try:
            line.connect(path)
            line.sendall(json.dumps(command).encode() + b"\n")
            reply = line.makefile().readline()
        except (FileNotFoundError, ConnectionError) as exc:
            raise NotListening("supervisor", f"it does not listen ({exc})") from exc
        except OSError as exc:
            raise Unavailable("supervisor", f"it does not answer ({exc})") from exc
    if not reply:
        raise NotListening("supervisor", "it has just ended")
    answer: dict[str, Any] = json.loads(reply)
    if "refused" in answer:
        raise Misconfigured(str(answer["refused"]))
    return answer


async def listen(state_dir: StateDir, carry_out: Orders) -> asyncio.Server:
    """Serve commands until the server is closed; a command that raises `AdloomError` is answered with its text."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await carry_out(json.loads(await reader.readline()))
        except (AdloomError, ValueError, KeyError) as exc:
            answer = {"refused": str(exc)}
        writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    try:
        (state_dir.run / SOCKET).unlink(missing_ok=True)
        with short_path(state_dir.run, SOCKET) as path:
            server = await asyncio.start_unix_server(serve, path)
        (state_dir.run / SOCKET).chmod(0o600)
    except OSError as exc:
        raise Unavailable("disk", f"{state_dir.run / SOCKET} cannot be made: {exc.strerror}") from exc
    return server
