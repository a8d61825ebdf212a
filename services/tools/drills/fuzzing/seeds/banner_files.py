"""Seed files for the target of finished banners: every kind and mode of picture, and what is not served as it is."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

_SIZE: Final = (40, 30)
_MODES: Final = (
    ("PNG", ("RGB", "RGBA", "P", "L", "LA", "1", "I;16")),
    ("JPEG", ("RGB", "L", "CMYK")),
    ("WEBP", ("RGB", "RGBA")),
    ("GIF", ("P", "L")),
)
_TURNED: Final = 6  # EXIF's orientation of a picture that was taken upright
_ORIENTATION: Final = 0x0112


def banner_files() -> Iterator[bytes]:
    """Still pictures of all kinds, with and without metadata; animations; the beginning of an SVG."""
    for kind, modes in _MODES:
        for mode in modes:
            yield _file([_picture(mode)], kind)
    exif = Image.Exif()
    exif[_ORIENTATION] = _TURNED
    colours, about = _picture("RGB"), PngInfo()
    about.add_text("Author", "Eve")
    yield _file([colours], "JPEG", exif=exif, comment=b"made by Eve", progressive=True, icc_profile=b"no profile")
    yield _file([colours], "PNG", exif=exif, pnginfo=about)
    yield _file([colours], "WEBP", exif=exif, lossless=True)
    yield _file([_picture("P")], "GIF", transparency=0, comment=b"made by Eve", interlace=1)
    for kind in ("GIF", "WEBP", "PNG"):
        yield _file([colours, colours.rotate(90)], kind, save_all=True)
    yield _file([Image.new("1", (5_000, 5_000))], "PNG")  # the most pixels that are taken
    yield b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def _picture(mode: str) -> Image.Image:
    shades = Image.linear_gradient("L").resize(_SIZE)
    return shades.convert("I").convert(mode) if mode == "I;16" else shades.convert("RGB").convert(mode)


def _file(frames: Sequence[Image.Image], kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    if how.get("save_all"):
        how["append_images"] = frames[1:]
    frames[0].save(out, kind, **how)
    return out.getvalue()
