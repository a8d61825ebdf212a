"""A case is one input: a few byte strings, which each target reads in its own way; packed into one file."""

from __future__ import annotations

from collections.abc import Sequence

Case = tuple[bytes, ...]

_SIZE_BYTES = 4
_MOST_PARTS = 64


def pack(case: Sequence[bytes]) -> bytes:
    """The parts of `case` in one byte string, each after its length.

    >>> unpack(pack((b"a", b"", b"bc")))
    (b'a', b'', b'bc')
    """
    return b"".join(len(part).to_bytes(_SIZE_BYTES, "big") + part for part in case)


def unpack(data: bytes) -> Case:
    """The parts in `data`. Any bytes can be unpacked; the last part may be shorter than its length says.

    >>> unpack(b"ab"), unpack(b"\\0\\0\\0\\x09abc")
    ((b'',), (b'abc',))
    """
    parts: list[bytes] = []
    at = 0
    while at < len(data) and len(parts) < _MOST_PARTS:
        end = at + _SIZE_BYTES
        size = int.from_bytes(data[at:end], "big") if end <= len(data) else 0
        parts.append(data[end : end + size])
        at = end + size
    return tuple(parts)
