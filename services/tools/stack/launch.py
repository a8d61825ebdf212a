"""Becomes the program named on the command line, which then ends when the supervisor does.

    python -I -S launch.py SUPERVISOR_PID PROGRAM ARGUMENT...

The kernel keeps the parent-death signal across exec; it fires when the spawning *thread* ends, so the supervisor spawns
from its main thread. Setting it here, and not between fork and exec, keeps Python code out of a forked child.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Bind this process's life to its parent's, then exec; does not return."""
    supervisor, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != int(supervisor):  # it died before the line above
        sys.exit(1)
    try:
        os.execvp(command[0], command)
    except OSError as exc:
        sys.exit(f"cannot start {command[0]}: {exc.strerror}")


if __name__ == "__main__":
    main()
