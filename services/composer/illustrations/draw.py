"""An illustration by its name, "mug/speckled", in a colour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from PIL import Image

from services.composer.illustrations import (
    ankle_boot,
    backpack,
    bag,
    bottle,
    cushion,
    lamp,
    mug,
    pullover,
    t_shirt,
    tent,
)
from services.composer.illustrations.canvas import Canvas

SIZE: Final = 640
"""The side of an illustration in pixels."""

_GREY: Final = "#8f9aa8"  # of a thing whose colour nobody says
_DESIGNS: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Canvas, str, str], None]]]] = {
    "t-shirt": (t_shirt.DESIGNS, t_shirt.draw),
    "pullover": (pullover.DESIGNS, pullover.draw),
    "ankle-boot": (ankle_boot.DESIGNS, ankle_boot.draw),
    "bag": (bag.DESIGNS, bag.draw),
    "mug": (mug.DESIGNS, mug.draw),
    "lamp": (lamp.DESIGNS, lamp.draw),
    "cushion": (cushion.DESIGNS, cushion.draw),
    "backpack": (backpack.DESIGNS, backpack.draw),
    "tent": (tent.DESIGNS, tent.draw),
    "bottle": (bottle.DESIGNS, bottle.draw),
}
NAMES: Final = tuple(f"{kind}/{design}" for kind, (designs, _) in _DESIGNS.items() for design in designs)
"""All illustrations."""


def is_drawn(name: str) -> bool:
    """Whether there is such an illustration; a kind alone stands for its first design.

    >>> is_drawn("mug/speckled"), is_drawn("mug"), is_drawn("mug/square"), is_drawn("")
    (True, True, False, False)
    """
    kind, _, design = name.partition("/")
    return kind in _DESIGNS and (not design or design in _DESIGNS[kind][0])


@lru_cache(maxsize=96)  # the demo shop's, 1.6 MB each at most
def illustration(name: str, colour_hex: str) -> Image.Image:
    """The illustration, RGBA with a transparent ground; the same name and colour give the same pixels.

    Nobody may change it. Raises KeyError where there is none of that name.
    """
    kind, _, design = name.partition("/")
    designs, draw = _DESIGNS[kind]
    canvas = Canvas(SIZE)
    draw(canvas, design or designs[0], colour_hex or _GREY)
    return canvas.image()
