"""Whether the bytes of a file are a photo that ads can be made of; bytes in, facts out.

The content decides what it is, never a name or a header. The size is judged before any pixel is unpacked. Nothing is
written anew: the photo is kept as the shop has it, and whoever composes with it turns it as its EXIF data say.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Final

from PIL import ExifTags, Image

from services.common.errors import Rejected

LARGEST_BYTES: Final = 20_000_000
MOST_PIXELS: Final = 50_000_000
SHORTEST_SIDE: Final = 64
MOST_SCANS: Final = 100
"""Passes over all pixels of a progressive JPEG: encoders make some ten, and a small file could ask for thousands."""
_MEDIA_TYPES: Final = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # of a telephone that appends a second picture to the first
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
_EXPECTED: Final = "a JPEG, PNG, WebP or GIF picture"
_HEIC: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""Brands of a file in the form of Apple's telephones, for which the codec is patented and Pillow has none."""
_MODES: Final = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "I;16", "I"}
_FILTERS: Final = Lock()
_SCAN: Final = b"\xff\xda"  # a marker, which pixels never hold
_LYING: Final = {5, 6, 7, 8}
"""EXIF orientations that turn a picture by a quarter."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A photo that can be taken."""

    media_type: str  # "image/jpeg"
    width: int  # pixels, after its orientation was applied
    height: int


def check_photo(content: bytes) -> Checked:
    """The kind and size of a JPEG, PNG, WebP or GIF (of an animation: its first frame).

    Raises `Rejected` whose reason is one of `empty`, `too_large`, `vector`, `heic`, `no_picture`, `too_many_pixels`,
    `too_many_scans`, `too_small`, `colours` and `damaged`. Pictures in the inks of a press (CMYK) and of 16 bits are
    taken: `services/composer/photos/decode.py` brings them to sRGB by their profile.
    """
    picture = opened_photo(content)
    if picture.mode not in _MODES:
        raise Rejected("colours", "colours", picture.mode, "an RGB, CMYK or grey picture (save it as sRGB)")
    width, height = picture.size
    if _is_lying(_unpacked(content)):
        width, height = height, width
    return Checked(_MEDIA_TYPES[picture.format or ""], width, height)


def opened_photo(content: bytes) -> Image.Image:
    """The picture, of which only the head was read, within the bounds of bytes, pixels and scans."""
    _check_bytes(content)
    picture = _opened(content)
    _check_size(picture)
    if _MEDIA_TYPES[picture.format or ""] == "image/jpeg" and (scans := content.count(_SCAN)) > MOST_SCANS:
        raise Rejected("too_many_scans", "scans", scans, f"a JPEG of at most {MOST_SCANS} scans")
    return picture


def _check_bytes(content: bytes) -> None:
    if not content:
        raise Rejected("empty", "bytes", 0, _EXPECTED)
    if len(content) > LARGEST_BYTES:
        raise Rejected("too_large", "bytes", len(content), f"a file of at most {LARGEST_BYTES:,} bytes")
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) or (start.startswith(b"<!--") and b"<svg" in start):
        raise Rejected("vector", "content", "SVG", f"{_EXPECTED} (an SVG may hold scripts)")
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        raise Rejected("heic", "content", "HEIC", f"{_EXPECTED} (export it as JPEG)")


def _opened(content: bytes) -> Image.Image:
    """The picture, of which only the head was read."""
    with quiet():
        try:
            return Image.open(io.BytesIO(content), formats=_FORMATS)
        except Image.DecompressionBombError as error:
            raise _too_many_pixels("more than Pillow opens") from error
        except Exception as error:  # Pillow's readers raise many kinds for what is not what it says
            raise Rejected("no_picture", "content", content[:12], _EXPECTED) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Without Pillow's warnings: of many pixels, for which `_check_size` has a lower bound, and of damaged EXIF data.

    The filters belong to the whole process, so one thread at a time; it takes a moment only.
    """
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _too_many_pixels(f"{width}x{height}")
    if min(width, height) < SHORTEST_SIDE:
        raise Rejected("too_small", "size", f"{width}x{height}", f"a picture with sides of at least {SHORTEST_SIDE}")


def _too_many_pixels(found: str) -> Rejected:
    return Rejected("too_many_pixels", "size", found, f"a picture of at most {MOST_PIXELS:,} pixels")


def _unpacked(content: bytes) -> Image.Image:
    """Checks the file's checksums, which decoding passes over, and decodes all of it, as a cut one begins well."""
    try:
        with _opened(content) as picture:
            picture.verify()
        picture = _opened(content)
        # A JPEG is unpacked at an eighth of its sides: all its data are read, into a 64th of the memory.
        picture.draft(None, (1, 1))
        picture.load()
        return picture
    except Exception as error:  # as above: one picture must not end the job of all
        raise Rejected("damaged", "content", str(error) or repr(error), "a whole picture") from error


def _is_lying(picture: Image.Image) -> bool:
    """Whether its EXIF data turn it by a quarter; `Rejected` where Pillow, by which others compose, fails on them."""
    with quiet():
        try:
            return picture.getexif().get(ExifTags.Base.Orientation) in _LYING
        except Exception as error:  # as above
            raise Rejected("damaged", "exif", str(error) or repr(error), "data that can be read") from error
