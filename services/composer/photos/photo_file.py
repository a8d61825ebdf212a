"""A prepared photo as a file: a PNG whose text holds what is known of it."""

from __future__ import annotations

import io
import json
from typing import Any, Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from services.composer.photos.prepared_photo import PreparedPhoto

_KEY: Final = "adloom"
_QUICK: Final = 3  # of 9: it is read and written more often than sent


def to_png(photo: PreparedPhoto) -> bytes:
    """The file."""
    facts = {name: getattr(photo, name) for name in _FACTS}
    about = PngInfo()
    about.add_text(_KEY, json.dumps(facts))
    out = io.BytesIO()
    photo.image.save(out, "PNG", pnginfo=about, compress_level=_QUICK)
    return out.getvalue()


def from_png(content: bytes) -> PreparedPhoto | None:
    """What `to_png` wrote; None for a file that is damaged or of another form."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            image.load()
            facts: dict[str, Any] = json.loads(image.info[_KEY])
            colours = tuple(tuple(colour) for colour in facts.pop("colours"))
            return PreparedPhoto(image, colours=colours, focus=tuple(facts.pop("focus")), **facts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SyntaxError):
        return None


_FACTS: Final = ("kind", "quality", "why", "colours", "focus", "detail", "sha256", "version")
