"""Locks a folder for one process: a second one would overwrite or delete the first one's files."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.common.errors import Misconfigured

_PATIENCE_S: Final = 1.0  # for a holder that is just exiting
_LOOK_S: Final = 0.05


@contextmanager
def alone_in(folder: Path, name: str) -> Iterator[None]:
    """Holds the lock `name` on `folder`; the operating system releases it when the process ends, also after SIGKILL.

    Raises `Misconfigured` if another process holds the lock of this name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, folder, name)
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)  # shown in the error of another process, and to operators
        yield
    finally:
        os.close(handle)


def _take(handle: int, folder: Path, name: str) -> None:
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            if time.monotonic() > until:
                holder = os.pread(handle, 20, 0).decode().strip()
                raise Misconfigured(
                    f"{folder} is held by another {name} (process {holder}): each needs an ADLOOM_DATA_DIR of its own"
                ) from exc
            time.sleep(_LOOK_S)
        else:
            return
