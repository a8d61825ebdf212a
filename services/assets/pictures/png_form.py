"""Any picture as a PNG, which is what answers carry in bytes."""

from __future__ import annotations

import io

from PIL import Image

from services.assets.creative import PNG
from services.common.errors import Rejected, Unavailable
from services.composer.animations.frames import at_rest


def as_png(picture: bytes, media_type: str) -> bytes:
    """The same pixels as PNG, of an animation the frame with which it ends; takes tens of milliseconds for other kinds.

    Raises `Unavailable("assets")`.
    """
    if media_type == PNG:
        return picture
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            out = io.BytesIO()
            at_rest(opened).save(out, "PNG", icc_profile=opened.info.get("icc_profile"))
            return out.getvalue()
    except (OSError, Rejected) as error:  # no animation past the bounds is taken
        raise Unavailable("assets", f"a stored picture cannot be read as {media_type}") from error
