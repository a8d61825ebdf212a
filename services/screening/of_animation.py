"""The verdict on an animation: of the frame with which it ends, and of what else its telling frames show; pure."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

from PIL import Image

from services.catalogue.photos.check_photo import quiet
from services.common.errors import Rejected
from services.common.verdict import Check
from services.composer.animations.frames import is_animated, telling_frames

WORST: Final = ("image_safety", "brand_colours", "claims_seen")
"""Checks that each of them has to pass; the headline has to be read in one, and the rest is asked of the last."""
_ONE: Final = "reads_back"


def other_frames(content: bytes) -> list[bytes]:
    """The telling frames before the last, as PNG; none of a still picture, or of one that cannot be opened."""
    try:
        with quiet():
            picture = Image.open(io.BytesIO(content), formats=("GIF", "WEBP"))
        with picture:
            return [_png(frame) for frame in telling_frames(picture)[:-1]] if is_animated(picture) else []
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, Rejected):  # the check `decodes` says why
        return []


def merged(last: Iterable[Check], others: Iterable[Check]) -> tuple[Check, ...]:
    """The checks of the last frame, each replaced by that of another frame which counts more."""
    found: dict[str, Check] = {check.check: check for check in last}
    for check in others:
        known = found.get(check.check)
        if known is not None and _counts_more(check, known):
            found[check.check] = check
    return tuple(found.values())


def _counts_more(check: Check, known: Check) -> bool:
    if check.check == _ONE:
        return check.passes and not known.passes
    return check.check in WORST and known.passes and not check.passes


def _png(frame: Image.Image) -> bytes:
    out = io.BytesIO()
    frame.save(out, "PNG", compress_level=1)
    return out.getvalue()
