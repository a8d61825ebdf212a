"""Files that the supervisor could not write, and why: it goes on without them, says so, and tries again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)


class Unwritten:
    """What is missing on the disk now; `facts` is part of `adloom status --json`."""

    def __init__(self) -> None:
        self._why: dict[str, str] = {}

    def __contains__(self, path: Path) -> bool:
        return str(path) in self._why

    def facts(self) -> dict[str, str]:
        """Path of every file that could not be written -> why."""
        return dict(self._why)

    @contextmanager
    def noted(self, path: Path) -> Iterator[None]:
        """Around an attempt to write the file: an `OSError` in it ends it, and is remembered until one succeeds."""
        before = self._why.pop(str(path), "")
        try:
            yield
        except OSError as refused:
            self._why[str(path)] = why = reason(refused)
            if why != before:
                log.error("%s cannot be written: %s", path, why)


def reason(refused: OSError) -> str:
    """Why, in the words of the operating system.

    >>> reason(OSError(28, "No space left on device", "/srv/stack.json"))
    'No space left on device'
    """
    return refused.strerror or str(refused)
