"""Orders to a running supervisor: one JSON line each way over a socket in the home's `run` folder."""

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
from services.stack.home import Home

SOCKET, LOCK = "control.sock", "supervisor.lock"
ORDER_TIMEOUT_S = 60.0  # a process is stopped meanwhile
ANSWER_TIMEOUT_S = 5.0  # nothing is waited for
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
def sole_supervisor(home: Home) -> Iterator[None]:
    """Held by the one supervisor of a home; the kernel lets go of it when that ends, however it ends."""
    path = home.run / LOCK
    try:
        file = path.open("a+")
    except OSError as exc:
        raise Unavailable("disk", f"{path} cannot be written: {exc.strerror}") from exc
    with file:
        if not any(_takes(file, fcntl.LOCK_EX, pause) for pause in (0.05, 0.05, 0.05, 0.0)):  # another may just look
            raise Misconfigured(already_up(home))
        yield


def _takes(file: IO[str], kind: int, pause_s: float) -> bool:
    """Whether the lock could be had now; waits a moment where not."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(pause_s)
        return False
    return True


def already_up(home: Home) -> str:
    """Why a second `up` is refused."""
    pid = holder(home) or "?"
    return f"a stack of {home.folder} already runs (supervisor {pid}); see adloom status, end it with adloom down."


def is_running(home: Home) -> bool:
    """Whether a supervisor of this home is alive."""
    try:
        with (home.run / LOCK).open() as file:
            return not _takes(file, fcntl.LOCK_SH, 0.0)
    except FileNotFoundError:
        return False
    except OSError:  # a disk that cannot even be read: the kernel still knows
        return holder(home) is not None


def holder(home: Home) -> int | None:
    """The process that holds the lock of this home, as the kernel says: it may be unable to say so itself."""
    try:
        lock = (home.run / LOCK).stat()
        locks = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return None
    # "1: FLOCK  ADVISORY  WRITE 4711 fe:01:131 0 EOF": process, then device and inode of the file
    exclusive = [words for line in locks if (words := line.split())[1:4] == ["FLOCK", "ADVISORY", "WRITE"]]
    return next((int(words[4]) for words in exclusive if int(words[5].split(":")[2]) == lock.st_ino), None)


def read_state(home: Home) -> dict[str, Any]:
    """What the supervisor says now, else what the last one wrote down; empty where none ever ran.

    It is asked, because a full disk keeps it from writing. Raises `Unavailable` where it runs and does not answer.
    """
    if is_running(home):
        with suppress(NotListening):
            return _answer(home, {"verb": "status"}, ANSWER_TIMEOUT_S)
    return _written(home)


def _written(home: Home) -> dict[str, Any]:
    try:
        state = json.loads(home.state.read_text())
    except (OSError, ValueError):  # none, or not ours
        return {}
    return state if isinstance(state, dict) else {}


def order(home: Home, timeout_s: float = ORDER_TIMEOUT_S, **words: str) -> dict[str, Any]:
    """Give an order and return the answer; raises `Misconfigured` with the supervisor's reason for refusing it."""
    if not is_running(home):
        raise Misconfigured(f"no stack of {home.folder} runs: adloom up starts it.")
    return _answer(home, words, timeout_s)


class NotListening(Unavailable):
    """The supervisor has not opened its socket yet, or has closed it."""


def _answer(home: Home, words: dict[str, str], timeout_s: float) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as line, short_path(home.run, SOCKET) as path:
        line.settimeout(timeout_s)
        try:
            line.connect(path)
            line.sendall(json.dumps(words).encode() + b"\n")
            said = line.makefile().readline()
        except (FileNotFoundError, ConnectionError) as exc:
            raise NotListening("supervisor", f"it does not listen ({exc})") from exc
        except OSError as exc:
            raise Unavailable("supervisor", f"it does not answer ({exc})") from exc
    if not said:
        raise NotListening("supervisor", "it has just ended")
    answer: dict[str, Any] = json.loads(said)
    if "refused" in answer:
        raise Misconfigured(str(answer["refused"]))
    return answer


async def listen(home: Home, carry_out: Orders) -> asyncio.Server:
    """Take orders until the server is closed; an order that raises `AdloomError` is answered with its text."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await carry_out(json.loads(await reader.readline()))
        except (AdloomError, ValueError, KeyError) as exc:
            answer = {"refused": str(exc)}
        writer.write(json.dumps(answer).encode() + b"\n")
        writer.close()

    try:
        (home.run / SOCKET).unlink(missing_ok=True)
        with short_path(home.run, SOCKET) as path:
            server = await asyncio.start_unix_server(serve, path)
        (home.run / SOCKET).chmod(0o600)
    except OSError as exc:
        raise Unavailable("disk", f"{home.run / SOCKET} cannot be made: {exc.strerror}") from exc
    return server
