"""Colours by lightness, chroma and hue in OKLCH, where equal steps look equal; pure.

Source: Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from services.composer.drawing.palette import Colour

_STEPS: Final = 12  # halvings of the chroma: finer than 8 bits show
_EDGE: Final = 0.0031308  # of sRGB's linear part


@lru_cache(maxsize=4_096)
def of_lch(lightness: float, chroma: float, hue: float) -> Colour:
    """The colour; where sRGB has none of that chroma, the strongest that it has.

    >>> of_lch(1.0, 0.0, 0.0), of_lch(0.628, 0.258, 29.2)
    ((255, 255, 255), (255, 0, 0))
    """
    low, high = 0.0, chroma
    if _inside(_linear(lightness, chroma, hue)):
        low = chroma
    else:
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if _inside(_linear(lightness, middle, hue)) else (low, middle)
    red, green, blue = (round(255 * _encoded(part)) for part in _linear(lightness, low, hue))
    return red, green, blue


@lru_cache(maxsize=4_096)
def lch_of(colour: Colour) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma 0 to about 0.32, hue in degrees.

    >>> [round(part, 2) for part in lch_of((255, 0, 0))]
    [0.63, 0.26, 29.23]
    """
    lightness, a, b = oklab_of(colour)
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def oklab_of(colour: Colour) -> tuple[float, float, float]:
    """The colour in OKLab."""
    red, green, blue = (_decoded(part / 255) for part in colour)
    l_ = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    m_ = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    s_ = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_,
        1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_,
        0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_,
    )


def difference(first: Colour, second: Colour) -> float:
    """How different two colours look: 0.02 is just seen, black and white are 1 apart."""
    return math.dist(oklab_of(first), oklab_of(second))


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l_ = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
        -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
        -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
    )


def _inside(linear: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= part <= 1.0005 for part in linear)  # half a step of 8 bits near black


def _encoded(linear: float) -> float:
    held = min(max(linear, 0.0), 1.0)
    return 12.92 * held if held <= _EDGE else 1.055 * held ** (1 / 2.4) - 0.055


def _decoded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
