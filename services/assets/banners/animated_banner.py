"""An animated banner is served as it was made, within IAB's limits of animation; bytes in, bytes out.

Each frame is decoded once, within bounds, so that a file is whole and small once unpacked. Its weight is judged by the
screen, as that of all ads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PIL import Image

from services.common.errors import Rejected
from services.composer.animate import LONGEST_MS, MOST_LOOPS
from services.composer.animations.container import ENDLESS, cleaned
from services.composer.animations.frames import frames_in

ANIMATED: Final[Mapping[str, str]] = {"GIF": "image/gif", "WEBP": "image/webp"}
"""Kinds of files that may be animations."""


def animated_banner(content: bytes, picture: Image.Image) -> bytes:
    """The file of the opened picture without metadata; `Rejected` where it plays too long or is too large."""
    shown_ms = sum(frame.shown_ms for frame in frames_in(picture))
    clean, plays = cleaned(content)
    if plays == ENDLESS or plays > MOST_LOOPS:
        found = "endless" if plays == ENDLESS else plays
        raise Rejected("invalid", "loops", found, f"an animation that plays at most {MOST_LOOPS} times (IAB)")
    if shown_ms * plays > LONGEST_MS:
        found = f"{shown_ms / 1000:g} s, {plays} times"
        raise Rejected("invalid", "duration", found, f"at most {LONGEST_MS // 1000} s with all loops (IAB)")
    return clean
