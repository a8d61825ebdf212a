"""Files that the supervisor could not write, and why: it continues without them, reports them, and retries."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)


class Unwritten:
    """The files that could not be written; `facts` is part of `adloom status --json`."""

    def __init__(self) -> None:
        self._why: dict[str, str] = {}

    def __contains__(self, path: Path) -> bool:
        return str(path) in self._why

    def facts(self) -> dict[str, str]:
        """Path of every file that could not be written -> why."""
        return dict(self._why)

    @contextmanager
    def noted(self, path: Path) -> Iterator[None]:
        """Wraps an attempt to write the file: an `OSError` is suppressed, and recorded until an attempt succeeds."""
        before = self._why.pop(str(path), "")
        try:
            yield
        except OSError as refused:
            self._why[str(path)] = why = reason(refused)
            if why != before:
                log.error("%s cannot be written: %s", path, why)


def reason(refused: OSError) -> str:
    """The operating system's message.

    >>> reason(OSError(28, "No space left on device", "/srv/stack.json"))
    'No space left on device'
    """
    return refused.strerror or str(refused)
