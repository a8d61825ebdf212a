"""Makes glibc return freed memory to the operating system, which prevents heap fragmentation by native libraries.

glibc allocates blocks above a threshold with mmap. When such a block is freed, glibc raises the threshold to its size,
up to 32 MiB. From then on RocksDB's blocks of a few hundred KiB, which it allocates and frees all the time, come from
the heap. Small long-lived objects settle in the gaps, so the process grows although its live data does not.
"""

from __future__ import annotations

import ctypes
from typing import Final

PIECE_BYTES: Final = 288 << 10
"""The fixed mmap threshold. It must be above asyncio's socket read buffer: 256 KiB, allocated hundreds of times a
second."""

_IDLE_BYTES: Final = 4 << 20
"""Free bytes that stay at the end of the heap, so that short-lived allocations do not grow and shrink it each time."""

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3


def give_freed_memory_back() -> bool:
    """Fixes both thresholds; returns whether the C library supports it (only glibc does)."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    settings = ((_M_MMAP_THRESHOLD, PIECE_BYTES), (_M_TRIM_THRESHOLD, _IDLE_BYTES))
    return all(mallopt(what, size) == 1 for what, size in settings)
