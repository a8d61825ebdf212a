"""Colours, their mixtures and their contrast; pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PIL import ImageColor

Colour = tuple[int, int, int]
INK: Final[Colour] = (28, 28, 34)
PAPER: Final[Colour] = (255, 255, 255)
LEAST_CONTRAST: Final = 4.5
"""Of text on its ground (WCAG 2.2, AA)."""

_NEUTRAL: Final = "#8f9aa8"  # of a product without a colour


def rgb(colour_hex: str) -> Colour:
    """The colour of "#rrggbb"; a quiet grey for an empty text."""
    red, green, blue = ImageColor.getrgb(colour_hex or _NEUTRAL)[:3]
    return red, green, blue


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """Mixes two colours; `share` is that of the second.

    >>> mixed((0, 0, 0), (100, 200, 50), 0.5)
    (50, 100, 25)
    """
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def luminance(colour: tuple[float, float, float]) -> float:
    """How light a colour looks, 0 to 1 (Rec. 709 weights)."""
    red, green, blue = colour
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255.0


def contrast(first: Colour, second: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2).

    >>> round(contrast((0, 0, 0), (255, 255, 255)), 1)
    21.0
    """
    lighter, darker = sorted((_light(first), _light(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=16_384)
def _light(colour: Colour) -> float:
    return luminance(_linear(colour))


def _linear(colour: Colour) -> tuple[float, float, float]:
    red, green, blue = (255.0 * _linear_of(part / 255.0) for part in colour)
    return red, green, blue


def _linear_of(part: float) -> float:
    """One channel of sRGB as light (IEC 61966-2-1)."""
    return float(part / 12.92) if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
