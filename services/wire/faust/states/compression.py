"""Large states of shoppers made smaller on their way into the table: the times and ids in them have much in common.

Zstandard at its lowest level takes a sixth of the time of zlib's lowest on a state of 50,000 remembered ids, and leaves
less (services/tools/bench/PROFILES.md). What older releases compressed with zlib can be read: `profiles` did so before
it took Zstandard, `outcomes` for longer.
"""

from __future__ import annotations

import zlib
from typing import Final

import cramjam

from services.common.errors import Bug

LARGE_BYTES: Final = 8192
"""States below this stay as they are."""

_PLAIN, _ZLIB, _ZSTD = 0, 1, 2
_LEVEL = 1


def squeezed(packed: bytes) -> bytes:
    """`packed` with a byte before it that says how to read it."""
    if len(packed) < LARGE_BYTES:
        return bytes([_PLAIN]) + packed
    return bytes([_ZSTD]) + bytes(cramjam.zstd.compress(packed, _LEVEL))


def unsqueezed(data: bytes) -> bytes:
    """What `squeezed` was given; a `Bug` where something else wrote it.

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
