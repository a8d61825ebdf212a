"""A composed picture, with what stands where in it. Nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

from services.common.verdict import Verdict
from services.composer.drawing.palette import Colour
from services.composer.formats import Box


@dataclass(frozen=True, slots=True)
class Placed:
    """A text as it was drawn."""

    text: str
    box: Box  # of its ink
    colour: Colour
    size_px: int
    lines: tuple[str, ...]
    contrast: float  # at least; with the pixels behind it


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """A picture and what is known of it."""

    image: Image.Image | None  # RGB; None where it cannot be made
    placed: Mapping[str, Placed]  # by name
    elements: Mapping[str, str]  # what it is made of, by name
    verdict: Verdict
