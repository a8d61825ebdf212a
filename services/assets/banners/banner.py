"""A finished banner as a file -> the picture that is served; bytes in, bytes out.

The picture is always written anew, a JPEG as a JPEG and all others as PNG, but a WebP that would be a heavy PNG as a
JPEG: what is served holds pixels and a colour profile, and no metadata, comments or appended data of the file. The inks
of a press and greys of 16 bits are brought to sRGB. An animated GIF or WebP stays one, see `animated_banner.py`.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from services.assets.banners.animated_banner import ANIMATED, animated_banner
from services.assets.creative import JPEG, PNG
from services.common.errors import Rejected
from services.composer.animations.frames import is_animated
from services.composer.encode import encoded
from services.composer.formats import size_of
from services.composer.photos.decode import in_srgb

LARGEST_BYTES: Final = 5_000_000
LONGEST_SIDE: Final = 10_000
_QUALITY: Final = 92  # of a JPEG that was turned
MOST_PIXELS: Final = 25_000_000  # 5,000 x 5,000: 100 MB once decoded
_KINDS: Final = ("PNG", "JPEG", "WEBP", "GIF")
_MODES: Final = {"1", "L", "LA", "P", "PA", "RGB", "RGBA"}
_NOT_OF_SCREENS: Final = {"CMYK", "I;16", "I"}
_DAMAGED: Final = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error)
"""What Pillow raises for files that are not what they say."""


@dataclass(frozen=True, slots=True)
class Banner:
    """A banner as it is served."""

    picture: bytes
    media_type: str
    format: str  # "300x250"


def banner_of(content: bytes, format_: str = "") -> Banner:
    """The banner in a PNG, JPEG, WebP or GIF file of any name; `Rejected` where it is none or of another size."""
    if format_:
        size_of(format_)
    _check_bytes(content)
    try:
        return _read(content, format_)
    except _DAMAGED as error:
        raise Rejected("invalid", "content", str(error), "a whole picture") from error


def _read(content: bytes, format_: str) -> Banner:
    """As `banner_of`, and raises what Pillow does: it reads some parts of a file only when they are asked for."""
    picture = _opened(content)
    _check_picture(picture)
    if is_animated(picture):
        return _animated(content, picture, format_)
    with _open(content) as again:
        again.verify()  # the file's own checksums, which decoding passes over
    picture.load()
    upright = ImageOps.exif_transpose(picture)  # turned as its EXIF orientation says
    found = _format_of(upright, format_)
    if picture.mode in _NOT_OF_SCREENS or (picture.format == "WEBP" and not picture.has_transparency_data):
        return Banner(*encoded(_plain(upright), (PNG, JPEG)), found)
    if picture.format == "JPEG":
        return Banner(_jpeg(picture, upright), JPEG, found)
    return Banner(_png(upright), PNG, found)


def _animated(content: bytes, picture: Image.Image, format_: str) -> Banner:
    media_type = ANIMATED.get(picture.format or "")
    if media_type is None:
        raise Rejected(
            "invalid", "content", f"an animated {picture.format}", "a still picture, or an animated GIF or WebP"
        )
    found = _format_of(picture, format_)
    return Banner(animated_banner(content, picture), media_type, found)


def _format_of(picture: Image.Image, format_: str) -> str:
    found = f"{picture.width}x{picture.height}"
    if format_ and found != format_:
        raise Rejected("invalid", "size", found, f"a picture of the given format, {format_},")
    size_of(found)
    return found


def _plain(picture: Image.Image) -> Image.Image:
    """Its pixels in sRGB, and nothing else of it."""
    plain = in_srgb(picture, picture.info.get("icc_profile", b"")).convert("RGB")
    plain.info.clear()
    return plain


def _check_bytes(content: bytes) -> None:
    if not content:
        raise Rejected("invalid", "bytes", 0, "a picture")
    if len(content) > LARGEST_BYTES:
        raise Rejected("too_large", "bytes", len(content), f"a file of at most {LARGEST_BYTES:,} bytes")
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")):
        raise Rejected("invalid", "content", "SVG", "a PNG, JPEG, WebP or GIF picture (an SVG may hold scripts)")


def _opened(content: bytes) -> Image.Image:
    """The picture, of which only the head was read: a size is judged before any pixel is unpacked."""
    try:
        return _open(content)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels("more than twice what Pillow opens") from error
    except _DAMAGED as error:
        raise Rejected("invalid", "content", content[:12], "a PNG, JPEG, WebP or GIF picture") from error


def _open(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # What it warns of is checked here: of large pictures by a lower bound, of damaged parts when it is decoded.
        warnings.simplefilter("ignore")
        return Image.open(io.BytesIO(content), formats=_KINDS)


def _check_picture(picture: Image.Image) -> None:
    width, height = picture.size
    if max(width, height) > LONGEST_SIDE:
        raise Rejected("too_large", "size", f"{width}x{height}", f"a picture with sides of at most {LONGEST_SIDE:,}")
    if width * height > MOST_PIXELS:
        raise _too_many_pixels(f"{width}x{height}")
    if picture.mode not in _MODES | _NOT_OF_SCREENS:
        raise Rejected("invalid", "colours", picture.mode, "an RGB, CMYK or grey picture")


def _too_many_pixels(found: str) -> Rejected:
    return Rejected("too_large", "size", found, f"a picture of at most {MOST_PIXELS:,} pixels")


def _jpeg(picture: Image.Image, upright: Image.Image) -> bytes:
    """With the file's own tables where it was not turned, which loses nothing that is visible."""
    profile = picture.info.get("icc_profile")
    turned = upright.size != picture.size or upright.getexif() != picture.getexif()
    for kept in (picture, upright):
        kept.info.pop("comment", None)  # it would be written again
    out = io.BytesIO()
    if turned:
        upright.save(out, "JPEG", quality=_QUALITY, icc_profile=profile)
    else:
        picture.save(out, "JPEG", quality="keep", icc_profile=profile)
    return out.getvalue()


def _png(picture: Image.Image) -> bytes:
    clear = picture.has_transparency_data
    plain = picture.convert("RGBA" if clear else "RGB")
    profile = picture.info.get("icc_profile") if picture.mode in ("RGB", "RGBA", "P") else None  # else: of grey
    out = io.BytesIO()
    plain.save(out, "PNG", icc_profile=profile)
    return out.getvalue()
