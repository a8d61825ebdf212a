"""Pictures for tests, made here."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

from PIL import Image


def picture(width: int = 80, height: int = 70, kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A file of noise, which no format makes small; the same for the same size and mode."""
    seed = random.Random(7)
    channels = len(Image.new(mode, (1, 1)).getbands())
    noise = Image.frombytes(mode, (width, height), seed.randbytes(width * height * channels))
    return saved(noise, kind, **options)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def turned(orientation: int) -> bytes:
    """A JPEG of 80x70 whose EXIF data say how it lies."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return picture(exif=exif)


def bomb(width: int = 40_000, height: int = 40_000) -> bytes:
    """A PNG of a few hundred bytes that says it has so many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
