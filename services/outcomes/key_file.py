"""The token keys as they are in their file now: whoever rotates them need not restart the worker."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from services.common.errors import Misconfigured
from services.common.secrets import load_token_keys
from services.common.token import TokenKeys

log = logging.getLogger(__name__)

FILE: Final = "tokens.json"

_GONE: Final = 0
_LOOK_S: Final = 1.0


class KeyFile:
    """Looks at the file once a second at most, and reads it where it has changed."""

    def __init__(self, folder: Path, monotonic: Callable[[], float]) -> None:
        """Raises `Misconfigured` for a broken file; makes one where there is none."""
        self._folder = folder
        self._monotonic = monotonic
        self._look_at = monotonic() + _LOOK_S
        self._keys = load_token_keys(folder)
        self._changed_ns = self._stamp()

    def keys(self) -> TokenKeys:
        """The newest keys that could be read; a file that is being written, or broken, changes nothing."""
        if self._monotonic() < self._look_at:
            return self._keys
        self._look_at = self._monotonic() + _LOOK_S
        stamp = self._stamp()
        if stamp not in (self._changed_ns, _GONE):  # a mounted file may be away for a moment
            self._changed_ns = stamp
            try:
                self._keys = load_token_keys(self._folder)
            except Misconfigured as exc:
                log.warning("the token keys stay what they were: %s", exc)
        return self._keys

    def _stamp(self) -> int:
        try:
            return (self._folder / FILE).stat().st_mtime_ns
        except FileNotFoundError:
            return _GONE
