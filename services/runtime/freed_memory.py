"""What a native library frees goes back to the operating system, and leaves no holes in our memory.

glibc raises the size from which it asks the operating system for a piece of its own to that of the largest such piece
that was freed, up to 32 MiB. From then on pieces of some hundred KiB, as RocksDB takes and frees them for years, come
out of the heap, where small objects that live longer settle in the gaps: the process grows although nothing in it does.
"""

from __future__ import annotations

import ctypes
from typing import Final

PIECE_BYTES: Final = 288 << 10
"""Pieces of this size or more are asked for and given back one by one. What asyncio reads from a socket is smaller, and
must be: 256 KiB for a moment, hundreds of times a second."""

_IDLE_BYTES: Final = 4 << 20
"""So much may be free at the end of the heap: what comes and goes all the time is not asked for again and again."""

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3


def give_freed_memory_back() -> bool:
    """From now on; whether the C library of this process, which may be another one, knows how."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    settings = ((_M_MMAP_THRESHOLD, PIECE_BYTES), (_M_TRIM_THRESHOLD, _IDLE_BYTES))
    return all(mallopt(what, size) == 1 for what, size in settings)
