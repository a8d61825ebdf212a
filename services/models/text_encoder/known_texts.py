"""Vectors of texts, each text asked for once: an ad's headline is the same in all its formats. Needs no torch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from services.models.ports import TextEncoder
from services.models.text_encoder.axes import Axes
from services.models.text_encoder.text_vector import TextVector

AT_ONCE: Final = 16
"""Texts of one call: a tenth of a second of one core, for which no click model waits long."""

_BUDGET_S: Final = 2.0  # of one call; many times what it takes on a machine that has other work
_KEPT: Final = 65_536  # texts, some 20 MB


class KnownTexts:
    """The vectors of the last texts that were learnt; belongs to one thread."""

    def __init__(self, encoder: TextEncoder, axes: Axes) -> None:
        self.version = axes.encoder
        self._encoder, self._axes = encoder, axes
        self._found: dict[str, TextVector] = {}

    def get(self, text: str) -> TextVector | None:
        """The text's vector, where it was learnt and not forgotten since."""
        return self._found.get(text)

    def learn(self, texts: Iterable[str]) -> None:
        """Asks for those that are not known, AT_ONCE in a call; raises `Unavailable`, and keeps what was answered."""
        unknown = [text for text in dict.fromkeys(texts) if text not in self._found]
        for start in range(0, len(unknown), AT_ONCE):
            some = unknown[start : start + AT_ONCE]
            vectors = self._axes.vectors(self._encoder.encode(some, budget_s=_BUDGET_S))
            self._found.update(zip(some, vectors, strict=True))
        while len(self._found) > _KEPT:
            del self._found[next(iter(self._found))]  # the oldest
