"""The fuzzing target banners: any bytes as the file of a finished banner that `adloom library add` is given."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from PIL import Image

from services.assets.banners.banner import LARGEST_BYTES, Banner, banner_of
from services.assets.creative import JPEG, PNG
from services.common.errors import Rejected
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.seeds.banner_files import banner_files
from services.tools.drills.fuzzing.target import NotAllowed, Shape, Target
from services.tools.drills.fuzzing.target_feeds import check_text

_KINDS: Final = {PNG: "PNG", JPEG: "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
_MOVES: Final = {
    "version",
    "background",
    "loop",
    "duration",
    "extension",
    "timestamp",
}  # of a banner with several frames
_PLAIN: Final = {"icc_profile", "transparency", "progressive", "progression"} | _MOVES
"""What a served picture may hold beside its pixels; of a JPEG also its head, `jfif` and the like."""


def banners_target(folder: Path) -> Target:
    """Files of banners. A case is the format that was said, empty for none, and the file."""
    seeds = [(format_, content) for content in banner_files() for format_ in (b"", b"40x30")]
    seeds.append((b"40x30\x1b[2J", seeds[0][1]))
    shapes = (Shape.KEPT, Shape.TEXT)
    return Target("banners", taken, seeds, shapes, _WORDS, LARGEST_BYTES, needs_s=_MOST_PIXELS_S)


def taken(case: Case) -> str:
    """Takes the banner in a case; returns its kind, or what of it was refused."""
    format_, content = (*case, b"", b"")[:2]
    said = format_.decode("utf-8", "replace")
    try:
        banner = banner_of(content, said)
    except Rejected as refused:
        check_text(str(refused))
        return f"{refused.reason} {refused.field}: {refused.expected[:40]}"
    check_served(banner)
    if said and banner.format != said:
        raise NotAllowed(f"{banner.format} was taken where {said} was said")
    return f"taken as {banner.media_type}"


def check_served(banner: Banner) -> None:
    """Raises `NotAllowed` unless what is served is a whole picture of its kind and size, without metadata."""
    with Image.open(io.BytesIO(banner.picture), formats=[_KINDS[banner.media_type]]) as picture:
        picture.load()
        if f"{picture.width}x{picture.height}" != banner.format:
            raise NotAllowed(f"{banner.format} is served as {picture.size}")
        more = {str(name) for name in picture.info if not str(name).startswith(("jfif", "dpi", "adobe"))} - _PLAIN
        if more or picture.getexif():
            raise NotAllowed(f"{sorted(more)} and EXIF {dict(picture.getexif())} are served")


_MOST_PIXELS_S: Final = 5.0  # the largest picture is decoded, written and read again: twelve times a usual photo
_WORDS: Final = (
    b"\x89PNG\r\n\x1a\n", b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"iCCP", b"eXIf", b"zTXt", b"IEND",
    b"GIF89a", b"\x21\xff\x0bNETSCAPE2.0", b"\x21\xf9\x04", b"\x2c", b"\x3b", b"\xff\xd8", b"\xff\xe1", b"\xff\xe2",
    b"Exif\0\0MM\0*", b"ICC_PROFILE\0\1\1", b"\xff\xc0", b"\xff\xc2", b"\xff\xda", b"\xff\xd9", b"RIFF", b"WEBP",
    b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"EXIF", b"\xff\xff\xff\xff", b"\0\0\0\0", b"<svg",
    b"40x30", b"30x40",
)  # fmt: skip
