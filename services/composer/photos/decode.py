"""A photo's bytes as upright sRGB pixels of at most 1,200 a side."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from PIL import Image, ImageCms, ImageOps

from services.catalogue.photos.check_photo import opened_photo, quiet
from services.common.errors import Rejected

LONGEST_SIDE: Final = 1_200
"""Pixels: the largest format is 1,200 wide, and no product fills it."""

_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_SEE_THROUGH: Final = ("RGBA", "LA", "PA", "La", "RGBa")


def decoded(content: bytes) -> Image.Image:
    """The picture in RGBA, its alpha as the file has it; of an animation its first frame.

    Colours are brought to sRGB by the file's profile; inks of a press without one by plain arithmetic; greys of 16 bits
    to 8. Raises `Rejected` as `check_photo` does.
    """
    with opened_photo(content) as picture, quiet():
        try:
            picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than needed
            picture.load()
            upright = ImageOps.exif_transpose(picture)
        except Exception as error:  # Pillow's readers raise many kinds for a file that is not what it says
            raise Rejected("damaged", "content", str(error) or repr(error), "a whole picture") from error
        profile = picture.info.get("icc_profile", b"")
    coloured = in_srgb(upright, profile)
    coloured.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return coloured


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """A picture of any colours and depth as RGBA in sRGB."""
    picture = _of_eight_bits(picture)
    see_through = picture.mode in _SEE_THROUGH or "transparency" in picture.info
    alpha = picture.convert("RGBA").getchannel("A") if see_through else None
    if picture.mode not in ("RGB", "CMYK", "L"):
        picture = picture.convert("RGBA").convert("RGB")
    coloured = _by_profile(picture, profile)
    coloured.putalpha(255 if alpha is None else alpha)
    return coloured


def _of_eight_bits(picture: Image.Image) -> Image.Image:
    """Greys of 16 bits, of which Pillow would cut all above 255, by their upper eight; others as they are."""
    if not picture.mode.startswith("I"):
        return picture
    grey = np.asarray(picture).astype(np.int64) >> 8
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    """RGB; a profile that is damaged or for other colours than the picture's is passed over, as browsers do."""
    if profile:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(picture, given, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            found = None
        if found is not None:
            return found
    return picture.convert("RGB")
