"""Follows what the studio screens by: the shop's file of thresholds, and the models that are installed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from services.common.errors import Misconfigured
from services.screening.judges import Judges
from services.screening.policy import Policy, policy_in

_LOG = logging.getLogger("services.studio")
_FILE_S: Final = 2.0
_MODELS_S: Final = 30.0


class ScreenFile:
    """Belongs to one thread. A broken file is told, and the last one stays."""

    def __init__(self, path: str, judges: Judges, monotonic: Callable[[], float]) -> None:
        """Raises `Misconfigured`."""
        self._path, self._judges, self._monotonic = path, judges, monotonic
        self.policy: Policy = policy_in(path)
        self._models = judges.version
        self._file_at = self._models_at = monotonic()
        self.broken = ""  # why the file cannot be used

    def changed(self) -> bool:
        """Whether thresholds or models are others since the last call."""
        return self._is_other_file() | self._are_other_models()

    def _is_other_file(self) -> bool:
        if not self._path or self._monotonic() - self._file_at < _FILE_S:
            return False
        self._file_at = self._monotonic()
        try:
            policy = policy_in(self._path)
        except Misconfigured as wrong:
            if str(wrong) != self.broken:
                _LOG.error("The screen stays as it was: %s", wrong)
            self.broken = str(wrong)
            return False
        self.broken = ""
        is_other, self.policy = policy.version != self.policy.version, policy
        return is_other

    def _are_other_models(self) -> bool:
        if self._monotonic() - self._models_at < _MODELS_S:
            return False
        self._models_at = self._monotonic()
        before, self._models = self._models, self._judges.version
        return before != self._models
