"""What was freed goes back to the operating system."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys

import pytest

_MIB = 1 << 20

# Pieces of 320 KiB, as RocksDB's; between two of them something smaller is made, and stays.
_CHILD = """
import ctypes, json, sys
from services.runtime.freed_memory import give_freed_memory_back

asked = sys.argv[1] == "asked" and give_freed_memory_back()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes, libc.free.argtypes, libc.memset.argtypes = [ctypes.c_size_t], [ctypes.c_void_p], [
    ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t
]

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def taken(size):
    piece = libc.malloc(size)
    libc.memset(piece, 1, size)
    return piece

libc.free(taken(8 << 20))  # glibc raises its threshold to this
before = resident()
pieces = []
for _ in range(200):
    pieces.append(taken(320 << 10))
    taken(20 << 10)  # stays
for piece in pieces:
    libc.free(piece)
print(json.dumps(resident() - before))
"""


def _left(how: str) -> int:
    """Bytes that a process keeps of 62 MiB that it has freed."""
    command = [sys.executable, "-c", _CHILD, how]
    return int(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60).stdout))


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="a C library without such a setting")
def test_what_was_freed_goes_back_although_something_between_it_stays() -> None:
    kept, given_back = _left("not asked"), _left("asked")
    assert given_back < 16 * _MIB < 48 * _MIB < kept
