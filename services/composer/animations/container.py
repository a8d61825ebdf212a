"""An animation's file without comments, metadata and what is appended to it, and how often it plays; pure.

Frames are kept byte by byte: written anew, an animation would lose colours and gain weight. What is kept of a GIF is
its screen, colour tables, images, their times, and the number of loops; of a WebP its canvas, colour profile, frames
and loops. Raises `ValueError` or `IndexError` for a file that is cut off or no such file.

Sources: GIF89a; the WebP container specification.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

ENDLESS: Final = 0

_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_KEPT_CHUNKS: Final = (b"VP8X", b"ICCP", b"ANIM", b"ANMF")
_EXIF_XMP: Final = 0x08 | 0x04
"""Flags of a WebP that holds such metadata."""


class Animation(NamedTuple):
    """A file, and how often it plays in all; `ENDLESS` for ever."""

    content: bytes
    plays: int


def cleaned(content: bytes) -> Animation:
    """The animation in a GIF or WebP."""
    return _gif(content) if content.startswith(b"GIF8") else _webp(content)


def _gif(content: bytes) -> Animation:
    at = 13 + _table_bytes(content[10])
    out, plays = bytearray(content[:at]), 1
    while content[at] != 0x3B:  # the trailer
        if content[at] == 0x2C:  # an image: its place, colours and data
            end = _end_of_blocks(content, at + 11 + _table_bytes(content[at + 9]))
            out += content[at:end]
        elif content[at] == 0x21:
            end = _end_of_blocks(content, at + 2)
            if content[at + 1] == 0xF9:  # how long the next image stands
                out += content[at:end]
            elif content[at + 3 : at + 14] in _LOOPS and content[at + 15] == 1:
                again = int.from_bytes(content[at + 16 : at + 18], "little")
                plays = again + 1 if again else ENDLESS  # the number says how often it plays after the first time
                out += content[at : at + 18] + b"\0"
        else:
            raise ValueError(f"a block of kind {content[at]:#x} in a GIF")
        at = end
    return Animation(bytes(out + b";"), plays)


def _table_bytes(flags: int) -> int:
    """Of a table of colours, where the flags say that there is one."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_blocks(content: bytes, at: int) -> int:
    """Behind a row of blocks, each led by its length, that an empty one ends."""
    while content[at]:
        at += content[at] + 1
    return at + 1


def _webp(content: bytes) -> Animation:
    at, end, kept, plays = 12, 8 + struct.unpack_from("<I", content, 4)[0], bytearray(b"WEBP"), ENDLESS
    if end > len(content):
        raise ValueError("the WebP is cut off")
    while at + 8 <= end:
        kind, size = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        chunk = bytearray(content[at : at + 8 + size + size % 2])
        if kind == b"VP8X":
            chunk[8] &= ~_EXIF_XMP & 0xFF
        if kind == b"ANIM":
            plays = int.from_bytes(chunk[12:14], "little")
        if kind in _KEPT_CHUNKS:
            kept += chunk
        at += len(chunk)
    return Animation(b"RIFF" + struct.pack("<I", len(kept)) + bytes(kept), plays)
