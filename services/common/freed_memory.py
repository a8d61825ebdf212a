"""What a native library frees goes back to the operating system, and leaves no holes in our memory.

glibc raises the size from which it asks the operating system for a piece of its own to that of the largest such piece
that was freed, up to 32 MiB. From then on pieces of some hundred KiB, as RocksDB takes and frees them for years, come
out of the heap, where small objects that live longer settle in the gaps: the process grows although nothing in it does.
"""

from __future__ import annotations

import ctypes
from typing import Final

PIECE_BYTES: Final = 128 << 10
"""Pieces of this size or more are asked for and given back one by one; where glibc begins before it raises this."""

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3


def give_freed_memory_back() -> bool:
    """From now on; whether the C library of this process, which may be another one, knows how."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return all(mallopt(what, PIECE_BYTES) == 1 for what in (_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD))
