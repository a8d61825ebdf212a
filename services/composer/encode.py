"""A picture as a file that is light enough for a page: PNG, WebP or JPEG within a budget of bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Final

from PIL import Image

PNG: Final = "image/png"
WEBP: Final = "image/webp"
JPEG: Final = "image/jpeg"
BUDGET_BYTES: Final = 150_000
"""Of one banner (IAB's limit of the first load)."""

_QUALITIES: Final = (86, 76, 64, 50, 34)
_WHOLE_COLOURS: Final = 60  # quality of a JPEG, from where its colours are not halved: red letters would blur
_LARGE: Final = 300_000  # pixels, from where a PNG of a photo is never light enough
_MANY: Final = 4_096  # colours of a sample, from where it counts as a photo
_SAMPLE: Final = 128


def encoded(image: Image.Image, media_types: Sequence[str], budget: int = BUDGET_BYTES) -> tuple[bytes, str]:
    """The file and its kind: the first kind of them that stays within the budget, else the lightest.

    >>> encoded(Image.new("RGB", (4, 4)), (PNG, JPEG))[1]
    'image/png'
    """
    lightest, kind = b"", ""
    for media_type in media_types:
        if media_type == PNG and len(media_types) > 1 and is_heavy(image):
            continue
        for content in _tries(image, media_type):
            if len(content) <= budget:
                return content, media_type
            if not lightest or len(content) < len(lightest):
                lightest, kind = content, media_type
    return lightest, kind


def is_heavy(image: Image.Image) -> bool:
    """Whether it is large and of so many colours that it is no PNG for a page."""
    if image.width * image.height < _LARGE:
        return False
    sample = image.resize((_SAMPLE, _SAMPLE), Image.Resampling.NEAREST)
    return sample.getcolors(_MANY) is None


def _tries(image: Image.Image, media_type: str) -> Iterator[bytes]:
    if media_type == PNG:
        yield _saved(image, PNG, None)
    else:
        yield from (_saved(image, media_type, quality) for quality in _QUALITIES)


def _saved(image: Image.Image, media_type: str, quality: int | None) -> bytes:
    out = io.BytesIO()
    if media_type == PNG:
        image.save(out, "PNG", compress_level=4)
    elif media_type == WEBP:
        image.save(out, "WEBP", quality=quality, method=2)
    else:
        image.save(out, "JPEG", quality=quality, subsampling=0 if (quality or 0) >= _WHOLE_COLOURS else 2)
    return out.getvalue()
