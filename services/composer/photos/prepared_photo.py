"""A product's photo, ready for ads: prepared once, and used by all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image

from services.composer.drawing.palette import Colour
from services.composer.formats import Box

Kind = Literal["cut_out", "framed"]
CUT_OUT: Final = "cut_out"
FRAMED: Final = "framed"


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPhoto:
    """A product cut out of its photo, or the whole photo where that could not be done well.

    A cut-out has a transparent ground and is trimmed to its content; a framed photo is opaque.
    """

    image: Image.Image  # RGBA, sRGB, upright
    kind: Kind
    quality: float  # of the cut-out that was tried, 0 to 1; 0: none was
    why: str  # it is cut out, or framed, in words
    colours: tuple[Colour, ...]  # of the product, most frequent first
    focus: Box  # pixels of `image` that a crop must keep
    detail: int  # pixels of its longer side with which it would look as sharp: fewer than it has where it is blurred
    sha256: str  # of the photo's bytes
    version: str  # of the preparation: equal bytes and versions give equal pixels
