"""Ctrl-C while a process still imports its modules, which takes seconds: it ends at once, without a traceback.

A `main.py` calls `leave_quietly` before its other imports. This module imports nothing that takes time itself.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` itself imports for some milliseconds
import posix


def leave_quietly(name: str) -> None:
    """Ends the process with status 130 on SIGINT, until the process installs handlers of its own.

    SIGTERM ends a process that has no handler quietly by itself.
    """

    def leave(number: int, _: object) -> None:
        try:
            posix.write(2, f"adloom {name}: interrupted\n".encode())
        finally:
            posix._exit(128 + number)

    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:  # not where the caller's shell ignores it
        _signal.signal(_signal.SIGINT, leave)
