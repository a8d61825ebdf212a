"""Holds objects that must not be shared with a forked child: threads, sockets, locks and send queues."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class PerProcess(Generic[Thing]):
    """One object per process, made on first use; safe to share between threads.

    A child finds its own object by process id and not by a fork hook, because servers that fork in C (uWSGI) may run no
    hooks. It takes no lock, because a thread of the parent may have held the lock at the moment of the fork. The
    parent's object stays referenced and untouched in the child: collecting it could close what the parent uses.
    """

    def __init__(self, make: Callable[[], Thing]) -> None:
        """`make` may run in several threads at once; one of the objects is kept, the others are dropped unused."""
        self._make = make
        self._made: dict[int, Thing] = {}

    def mine(self) -> Thing:
        """The object of this process."""
        pid = os.getpid()
        try:
            return self._made[pid]
        except KeyError:
            return self._made.setdefault(pid, self._make())
