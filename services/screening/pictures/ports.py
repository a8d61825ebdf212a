"""What judges pictures. A port."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

from PIL import Image


class ImageJudge(Hashable, Protocol):
    """Tells how likely a picture is not to be safe for all; takes a tenth of a second."""

    @property
    def version(self) -> str:
        """Of what judges."""
        ...

    def unsafe(self, picture: Image.Image) -> float:
        """0 to 1."""
        ...
