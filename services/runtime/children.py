"""Hands jobs to child processes, so that they use other cores and hold up no thread of this process.

A job whose child dies or hangs fails alone; its child is started anew with the next job.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Final

from services.common.errors import Unavailable
from services.runtime.child import Start

PART: Final = "child"
"""The part that is missing where a child died or hung."""

_READY_S: Final = 60.0  # to import what it needs, on a machine that starts many processes at once
_LEAVE_S: Final = 2.0


class Children:
    """So many children; any thread may call. They start when they are first needed."""

    def __init__(self, count: int, start: Start) -> None:
        self._all = [_Child(start) for _ in range(count)]
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()  # last in, first out: few jobs need few children
        for child in reversed(self._all):
            self._idle.put(child)

    def call(self, *arguments: object, within_s: float) -> Any:
        """Waits for an idle child, and for what it returns; raises what it raised.

        Raises `Unavailable("child")` where it died, or both together took longer than `within_s`.
        """
        until = time.monotonic() + within_s
        try:
            child = self._idle.get(timeout=max(within_s, 0.0))
        except queue.Empty:
            raise Unavailable(PART, f"none was idle within {within_s:.1f} s") from None
        try:
            return child.call(arguments, until - time.monotonic())
        finally:
            self._idle.put(child)

    def pids(self) -> list[int]:
        """The processes that run now."""
        return [child.process.pid for child in self._all if child.process is not None]

    def close_when_idle(self) -> None:
        """Ends them once no job is under way; later ones fail."""
        for _ in self._all:
            self._idle.get()
        self.close()
        for child in self._all:
            self._idle.put(child)

    def close(self) -> None:
        """Ends them; jobs under way fail."""
        for child in self._all:
            child.leave()
        for child in self._all:
            child.end(_LEAVE_S)


class _Child:
    """One process; one thread at a time calls it."""

    def __init__(self, start: Start) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._start = start
        self._lock = threading.Lock()  # between a job and the end of all
        self._pipe: Connection | None = None
        self._closed = False

    def call(self, arguments: tuple[object, ...], within_s: float) -> Any:
        try:
            pipe = self._running()
            pipe.send(arguments)
            return self._answer(pipe, within_s)
        except (EOFError, OSError, TimeoutError) as error:
            self.end(0)
            raise Unavailable(PART, f"a job was lost ({error!r})") from error

    def leave(self) -> None:
        """Asks it to end; who waits for its answer is told."""
        with self._lock:
            self._closed = True
            if self.process is not None:
                self.process.terminate()

    def end(self, within_s: float) -> None:
        """Ends the process, by force after so long."""
        with self._lock:
            process, pipe, self.process, self._pipe = self.process, self._pipe, None, None
        if pipe is not None:
            pipe.close()
        if process is not None:
            try:
                process.wait(within_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _running(self) -> Connection:
        """The pipe of a process that is ready for a job."""
        if self.process is not None and self.process.poll() is not None:
            self.end(0)
        with self._lock:
            if self._closed:
                raise EOFError("this process ends")
            fresh = self._pipe is None
            if self._pipe is None:
                self.process, self._pipe = _started()
            pipe = self._pipe
        if fresh:
            pipe.send(self._start)
            self._answer(pipe, _READY_S)
        return pipe

    def _answer(self, pipe: Connection, within_s: float) -> Any:
        if not pipe.poll(within_s):
            raise TimeoutError(f"no answer within {within_s:.0f} s")
        return pipe.recv().taken()


def _started() -> tuple[subprocess.Popen[bytes], Connection]:
    """A fresh interpreter and this end of its pipe; the other end is open in the child alone."""
    ours, its = Pipe()
    with its:
        command = [sys.executable, "-m", "services.runtime.child", str(its.fileno())]
        process = subprocess.Popen(
            command,
            pass_fds=(its.fileno(),),
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # see `child.step_back`
        )
        return process, ours
