"""Follows the file of the shop's brand kit: a changed one is taken, a broken one is told and the last one stays."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from services.common.errors import Misconfigured
from services.composer.brand_kit import BrandKit, kit_in

_LOG = logging.getLogger(__name__)
_EVERY_S: Final = 2.0


class BrandFile:
    """Belongs to one thread."""

    def __init__(self, path: str, kit: BrandKit, monotonic: Callable[[], float]) -> None:
        self._path, self._monotonic = path, monotonic
        self._looked_at = monotonic()
        self.kit = kit
        self.broken = ""  # why the file cannot be used

    def changed(self) -> bool:
        """Whether there is another kit since the last call; the file is read every other second."""
        if not self._path or self._monotonic() - self._looked_at < _EVERY_S:
            return False
        self._looked_at = self._monotonic()
        try:
            kit = kit_in(Path(self._path))
        except Misconfigured as wrong:
            if str(wrong) != self.broken:
                _LOG.error("The brand kit stays as it was: %s", wrong)
            self.broken = str(wrong)
            return False
        self.broken = ""
        is_new = kit.version != self.kit.version
        self.kit = kit
        return is_new
