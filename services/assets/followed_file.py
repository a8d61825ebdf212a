"""Follows a file of the shop's: a changed one is taken, a broken one is told and the last one stays."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from services.common.errors import Misconfigured

_LOG = logging.getLogger(__name__)
_EVERY_S: Final = 2.0


class Versioned(Protocol):
    """What a file holds."""

    @property
    def version(self) -> str:
        """Another one where something that matters is another."""


Content = TypeVar("Content", bound=Versioned)


class FollowedFile(Generic[Content]):
    """Belongs to one thread."""

    def __init__(
        self, path: str, content: Content, read: Callable[[], Content], name: str, monotonic: Callable[[], float]
    ) -> None:
        """`content` is what `read` gave at first; it raises `Misconfigured`. Without a path nothing changes."""
        self._path, self._read, self._name, self._monotonic = path, read, name, monotonic
        self._looked_at = monotonic()
        self.content = content
        self.broken = ""  # why the file cannot be used

    def changed(self) -> bool:
        """Whether it holds something else since the last call; the file is read every other second."""
        if not self._path or self._monotonic() - self._looked_at < _EVERY_S:
            return False
        self._looked_at = self._monotonic()
        try:
            content = self._read()
        except Misconfigured as wrong:
            if str(wrong) != self.broken:
                _LOG.error("The %s stays as it was: %s", self._name, wrong)
            self.broken = str(wrong)
            return False
        self.broken = ""
        is_other = content.version != self.content.version
        self.content = content
        return is_other
