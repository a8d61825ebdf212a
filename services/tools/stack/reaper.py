"""Outlives the supervisor by a few seconds and ends every process of the stack that is still alive.

    python -m services.tools.stack.reaper READ_FD TOKEN SHM_PREFIX

It holds the reading end of a pipe whose only writing end is the supervisor's. The pipe closes when the supervisor ends,
however it ends, `kill -9` included. The reaper leads its own session: signals to the supervisor's group miss it.
"""

from __future__ import annotations

import os
import signal
import sys

from services.tools.stack.descendants import end_all, marked, sweep_shared_memory

GENTLY_S = 2.0  # from SIGTERM to SIGKILL; everything is over within five seconds of the supervisor's end
AT_MOST_S = 30.0


def main() -> int:
    """Wait for the supervisor's end; 0 when nothing of the stack is left."""
    read_fd, token, prefix = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(read_fd, 64):
        pass
    left = end_all(lambda: marked(token), GENTLY_S, AT_MOST_S)
    sweep_shared_memory(prefix)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
