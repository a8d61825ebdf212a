"""What judges texts. A port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class TextJudge(Protocol):
    """Tells how likely texts are to offend."""

    @property
    def version(self) -> str:
        """Of what judges."""
        ...

    def offence(self, texts: Sequence[str]) -> list[float]:
        """0 to 1 for each text."""
        ...
