"""Finds and ends processes by their session, or by a mark in their environment.

Parents and children do not suffice: a parent's death does not end its children, and a grandchild (Triton's stubs) is
reparented once its parent is killed. All programs of a stack carry `ADLOOM_STACK=<token>`, and each leads its own
session.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

MARK = "ADLOOM_STACK"
_PROC = Path("/proc")
_PAUSE_S = 0.05


def _pids() -> list[int]:
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]


def _alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def in_session(session: int) -> list[int]:
    """Living members of a session."""
    found = []
    for pid in _pids():
        try:
            if os.getsid(pid) == session and _alive(pid):
                found.append(pid)
        except OSError:  # ended meanwhile
            continue
    return found


def marked(token: str) -> list[int]:
    """Living processes that carry a stack's token, except this one."""
    mark = f"{MARK}={token}".encode()
    found = []
    for pid in _pids():
        try:
            carries = mark in (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
        except OSError:  # ended meanwhile, or another user's
            continue
        if carries and pid != os.getpid() and _alive(pid):
            found.append(pid)
    return found


def send(pids: list[int], number: signal.Signals) -> None:
    """Signal each process that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def end_all(find: Callable[[], list[int]], gently_s: float, at_most_s: float = 4.0) -> list[int]:
    """End the processes of `find`: SIGTERM, then SIGKILL after `gently_s`; returns those left after `at_most_s`."""
    began = time.monotonic()
    signalled: set[int] = set()
    while left := find():
        elapsed = time.monotonic() - began
        if elapsed > at_most_s:
            break
        if elapsed >= gently_s:
            send(left, signal.SIGKILL)
        else:
            send([pid for pid in left if pid not in signalled], signal.SIGTERM)
            signalled.update(left)
        time.sleep(_PAUSE_S)
    return left


def sweep_shared_memory(prefix: str, folder: Path = Path("/dev/shm")) -> None:
    """Remove the shared-memory regions whose names begin with `prefix`; Triton leaves them when it is killed."""
    for region in folder.glob(f"{prefix}*"):
        region.unlink(missing_ok=True)
