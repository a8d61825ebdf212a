"""Animated banners: an ad that builds itself up, then stands still; as light and as short as publishers ask.

The words come one after another over the same picture, and the last frame is the whole ad. At most three loops and 30
seconds (IAB's limits of animation), and none where the brand kit asks for reduced motion.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from services.common.errors import Rejected
from services.composer.art import Art
from services.composer.brief import Brief
from services.composer.compose import painted
from services.composer.encode import BUDGET_BYTES, WEBP
from services.composer.legible import reason_of

GIF: Final = "image/gif"
MOST_LOOPS: Final = 3
LONGEST_MS: Final = 30_000
LONGEST_LAST_MS: Final = 3_000

_STEPS: Final[tuple[frozenset[str], ...]] = (
    frozenset(("logo",)),
    frozenset(("logo", "kicker", "headline", "description")),
    frozenset(("logo", "kicker", "headline", "description", "price", "regular", "tag", "badge")),
)
_STEP_MS: Final = 900
_FADE: Final = (0.35, 0.7)  # how far the next step has come in the frames between
_FADE_MS: Final = 80
_QUALITIES: Final = (84, 70, 55, 40)
_COLOURS: Final = (256, 128, 64, 32)


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture and how long it stands."""

    image: Image.Image
    shown_ms: int


def frames_of(brief: Brief, art: Art = None) -> list[Frame]:
    """The frames of an ad, the whole of it last; one alone where motion is to be reduced.

    Raises `Rejected` where the ad could not be read.
    """
    whole = painted(brief, art)
    if whole.image is None or not whole.verdict.passes:
        raise Rejected(reason_of(whole.verdict), "headline", brief.headline, "an ad that can be read")
    last = Frame(whole.image, LONGEST_LAST_MS)
    if brief.kit.reduced_motion:
        return [last]
    steps = [image for parts in _STEPS if (image := painted(brief, art, parts).image) is not None]
    frames: list[Frame] = []
    for now, following in zip(steps, [*steps[1:], whole.image], strict=True):
        frames.append(Frame(now, _STEP_MS))
        frames += [Frame(Image.blend(now, following, share), _FADE_MS) for share in _FADE]
    return [*frames, last]


def animated(frames: Sequence[Frame], media_type: str = WEBP, loops: int = MOST_LOOPS) -> bytes:
    """The frames as a GIF or WebP within the budget of bytes; raises `Rejected` for what plays too long."""
    whole_ms = sum(frame.shown_ms for frame in frames) * loops
    if not 1 <= loops <= MOST_LOOPS:
        raise Rejected("invalid", "loops", str(loops), f"1 to {MOST_LOOPS}")
    if whole_ms > LONGEST_MS:
        raise Rejected("invalid", "duration", f"{whole_ms} ms", f"at most {LONGEST_MS} ms with all loops")
    tries = (
        (_webp(frames, loops, q) for q in _QUALITIES)
        if media_type == WEBP
        else (_gif(frames, loops, c) for c in _COLOURS)
    )
    content = b""
    for content in tries:
        if len(content) <= BUDGET_BYTES:
            return content
    raise Rejected("too_heavy", "animation", f"{len(content)} bytes", f"at most {BUDGET_BYTES} bytes")


def _webp(frames: Sequence[Frame], loops: int, quality: int) -> bytes:
    out = io.BytesIO()
    first, *others = (frame.image for frame in frames)
    shown = [frame.shown_ms for frame in frames]
    first.save(out, "WEBP", save_all=True, append_images=others, duration=shown, loop=loops, quality=quality, method=2)
    return out.getvalue()


def _gif(frames: Sequence[Frame], loops: int, colours: int) -> bytes:
    """One palette for all frames, that of the whole ad: colours do not flicker."""
    palette = frames[-1].image.quantize(colours, dither=Image.Dither.NONE)
    first, *others = (frame.image.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames)
    out = io.BytesIO()
    # A GIF's number says how often it plays again after the first time; the file without it plays once.
    again = {"loop": loops - 1} if loops > 1 else {}
    shown = [frame.shown_ms for frame in frames]
    first.save(out, "GIF", save_all=True, append_images=others, duration=shown, disposal=1, **again)
    return out.getvalue()
