"""Follows what the studio screens by: the shop's file of thresholds, and the models that are installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from services.assets.followed_file import FollowedFile
from services.screening.judges import Judges
from services.screening.policy import Policy, policy_in

_MODELS_S: Final = 30.0


class ScreenFile:
    """Belongs to one thread."""

    def __init__(self, path: str, judges: Judges, monotonic: Callable[[], float]) -> None:
        """Raises `Misconfigured`."""
        self._file = FollowedFile(path, policy_in(path), lambda: policy_in(path), "screen", monotonic)
        self._judges, self._monotonic = judges, monotonic
        self._models = judges.version
        self._models_at = monotonic()

    @property
    def policy(self) -> Policy:
        """The last thresholds that could be used."""
        return self._file.content

    def changed(self) -> bool:
        """Whether thresholds or models are others since the last call."""
        return self._file.changed() | self._are_other_models()

    def _are_other_models(self) -> bool:
        if self._monotonic() - self._models_at < _MODELS_S:
            return False
        self._models_at = self._monotonic()
        before, self._models = self._models, self._judges.version
        return before != self._models
