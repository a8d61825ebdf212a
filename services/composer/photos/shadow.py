"""The soft shadow that a cut-out throws on the ground it stands on; pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image, ImageFilter

from services.composer.drawing.palette import INK, Colour

_HIGH: Final = 0.06  # of the cut-out's height: the shadow of a thing that stands, seen from the front
_DARK: Final = 0.42  # at its darkest
_FOOT: Final = 0.12  # of the cut-out's height: what is as low as this throws it
_SOFT: Final = 0.022  # of the longer side


def contact_shadow(cut_out: Image.Image, colour: Colour = INK, margin: int = 0) -> Image.Image:
    """The shadow alone, RGBA, `margin` pixels larger than the RGBA cut-out at each side.

    The columns of the cut-out's foot, laid flat under it and blurred: feet of a chair throw four, a bag one. Paint it
    first, then the cut-out `margin` pixels to the right and down.
    """
    alpha = np.asarray(cut_out.getchannel("A"), dtype=np.float32) / np.float32(255.0)
    height, width = alpha.shape
    foot = alpha[-max(1, round(height * _FOOT)) :].max(axis=0)  # (W,)
    high = max(2, round(height * _HIGH))
    fading = np.sin(np.linspace(0.0, np.pi, high, dtype=np.float32))[:, None]
    shade = np.zeros((height + 2 * margin, width + 2 * margin), dtype=np.float32)
    top = min(margin + height - high // 2, shade.shape[0] - high)
    shade[top : top + high, margin : margin + width] = foot[None, :] * fading * _DARK
    mask = Image.fromarray(np.rint(shade * 255).astype(np.uint8))
    shadow = Image.new("RGBA", mask.size, (*colour, 0))
    shadow.putalpha(mask.filter(ImageFilter.GaussianBlur(max(height, width) * _SOFT)))
    return shadow
