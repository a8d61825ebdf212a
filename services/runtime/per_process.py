"""Things that must not be shared with a forked child: threads, sockets, locks, and what waits to be sent."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class PerProcess(Generic[Thing]):
    """One thing a process, made by the first who asks; safe to share between threads.

    A child asks for its own by its process id, and not by a hook, because servers that fork in C (uWSGI) may run none;
    and without a lock, because somebody may have held it at the moment of the fork. What belongs to the parent stays
    referenced and untouched: to collect it could close what the parent uses.
    """

    def __init__(self, make: Callable[[], Thing]) -> None:
        """`make` may run more than once at a time; one of the things is kept, the others are dropped unused."""
        self._make = make
        self._made: dict[int, Thing] = {}

    def mine(self) -> Thing:
        """This process's own."""
        pid = os.getpid()
        try:
            return self._made[pid]
        except KeyError:
            return self._made.setdefault(pid, self._make())
