"""Asks a forked child of this process something."""

from __future__ import annotations

import os
import select
import signal
import traceback
from collections.abc import Callable

_WITHIN_S = 60.0


def said_by_a_child(says: Callable[[], str]) -> str:
    """What `says` gives in a child; a child that says nothing, because it waits for a lock, is ended and fails."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(writer, says().encode())
        except BaseException:
            os.write(writer, traceback.format_exc().encode())
        os._exit(0)
    os.close(writer)
    try:
        spoke, _, _ = select.select([reader], [], [], _WITHIN_S)
        assert spoke, f"the child said nothing within {_WITHIN_S} s"
        return os.read(reader, 65536).decode()
    finally:
        os.close(reader)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
