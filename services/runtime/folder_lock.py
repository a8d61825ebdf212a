"""One process at a time in a folder: a second one would undo the first one's work, file by file."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.common.errors import Misconfigured

_PATIENCE_S: Final = 1.0  # for one that is just leaving
_LOOK_S: Final = 0.05


@contextmanager
def alone_in(folder: Path, name: str) -> Iterator[None]:
    """Holds `folder` for the process `name`, and lets go of it at the latest when the process ends, however it does.

    Raises `Misconfigured` where another process of this name holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, folder, name)
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)  # for people
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
