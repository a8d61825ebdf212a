"""Compresses large states before they go into the table: their times and ids are repetitive.

Zstandard at its lowest level takes a sixth of the time of zlib's lowest on a state of 50,000 remembered ids, and its
output is smaller (services/tools/bench/PROFILES.md). States that older releases of `profiles` and `outcomes` compressed
with zlib can still be read.
"""

from __future__ import annotations

import zlib
from typing import Final

import cramjam

from services.common.errors import Bug

LARGE_BYTES: Final = 8192
"""States smaller than this are not compressed."""

_PLAIN, _ZLIB, _ZSTD = 0, 1, 2
_LEVEL = 1


def squeezed(packed: bytes) -> bytes:
    """`packed`, compressed where it is large, after a byte that names the compression."""
    if len(packed) < LARGE_BYTES:
        return bytes([_PLAIN]) + packed
    return bytes([_ZSTD]) + bytes(cramjam.zstd.compress(packed, _LEVEL))


def unsqueezed(data: bytes) -> bytes:
    """The bytes that `squeezed` was given; raises `Bug` for an unknown first byte.

    >>> unsqueezed(squeezed(b"x" * 10_000)) == b"x" * 10_000
    True
    """
    if data[0] == _PLAIN:
        return data[1:]
    if data[0] == _ZSTD:
        return bytes(cramjam.zstd.decompress(data[1:]))
    if data[0] == _ZLIB:
        return zlib.decompress(data[1:])
    raise Bug(f"a state begins with {data[0]}, which no release wrote")
