"""The token keys that are in their file now: a key rotation needs no restart."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from services.common.errors import Misconfigured
from services.common.secrets import TOKENS, load_token_keys
from services.common.token import TokenKeys

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0

Stamp = tuple[int, int, int]
_GONE: Final = (0, 0, 0)


class KeyFile:
    """Checks the file at most once a second, and reads it again where it has changed."""

    def __init__(self, folder: Path, monotonic: Callable[[], float]) -> None:
        """Raises `Misconfigured` for a broken file; creates a missing one."""
        self._folder = folder
        self._monotonic = monotonic
        self._look_at = monotonic() + LOOK_S
        self._seen = self._stamp()  # taken before the file is read: a change in between is read again
        self._keys = load_token_keys(folder)

    def keys(self) -> TokenKeys:
        """The newest keys that could be read; a broken or half-written file changes nothing."""
        if self._monotonic() < self._look_at:
            return self._keys
        self._look_at = self._monotonic() + LOOK_S
        stamp = self._stamp()
        if stamp not in (self._seen, _GONE):  # a mounted file may be away for a moment
            self._seen = stamp
            try:
                self._keys = load_token_keys(self._folder)
            except Misconfigured as exc:
                log.warning("the token keys stay what they were: %s", exc)
        return self._keys

    def _stamp(self) -> Stamp:
        try:
            found = (self._folder / TOKENS).stat()
        except FileNotFoundError:
            return _GONE
        return found.st_mtime_ns, found.st_ino, found.st_size
