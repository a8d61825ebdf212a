"""What reads pictures. A port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from services.composer.formats import Box


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as it was read."""

    text: str
    box: Box  # in the picture's pixels
    sure: float  # 0 to 1, the mean of its letters


class Reader(Protocol):
    """Reads what is written in a picture; takes tenths of a second."""

    @property
    def version(self) -> str:
        """Of what reads."""
        ...

    def lines(self, picture: Image.Image) -> tuple[Line, ...]:
        """The lines from top to bottom and left to right, of text that lies level."""
        ...

    def unknown_in(self, text: str) -> str:
        """The letters of a text that it cannot read, each once; of scripts that it was not trained on."""
        ...
