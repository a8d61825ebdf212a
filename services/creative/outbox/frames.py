"""The file format of the journal: one frame per record; a frame that was not written completely is detected.

frame   length of the body (u32) | CRC-32 of the body (u32) | body
body    topic | key | value | name and value of each header, each as its length (i32, -1: None) and bytes
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from services.wire.codec.envelope import Record

_HEAD: Final = struct.Struct("<II")
_LENGTH: Final = struct.Struct("<i")


def frame(record: Record) -> bytes:
    """The record as one frame. The partition is not stored: it follows from the key.

    >>> kept = Record("ad.impressions", b"u1", b"value", (("ce_id", b"i-1"),))
    >>> [record_in(body) == kept for body in bodies(frame(kept) + frame(kept)) if body]
    [True, True]
    """
    fields = [record.topic.encode(), record.key, record.value]
    for name, content in record.headers:
        fields += (name.encode(), content)
    body = b"".join(
        [part for field in fields for part in (_LENGTH.pack(-1 if field is None else len(field)), field or b"")]
    )
    return _HEAD.pack(len(body), zlib.crc32(body)) + body


def bodies(data: bytes) -> Iterator[bytes | None]:
    """The bodies in the order of their frames; None for a damaged frame and for an incomplete last frame."""
    at = 0
    while at < len(data):
        head, at = data[at : at + _HEAD.size], at + _HEAD.size
        length, checksum = _HEAD.unpack(head) if len(head) == _HEAD.size else (len(data), 0)
        body, at = data[at : at + length], at + length
        yield body if len(body) == length and zlib.crc32(body) == checksum else None


def record_in(body: bytes) -> Record:
    """Decodes the record of a body that `bodies` returned."""
    fields: list[bytes | None] = []
    at = 0
    while at < len(body):
        (length,) = _LENGTH.unpack_from(body, at)
        at += _LENGTH.size
        fields.append(None if length < 0 else body[at : at + length])
        at += max(length, 0)
    topic, key, value, *headers = fields
    pairs = tuple(((name or b"").decode(), content or b"") for name, content in zip(*[iter(headers)] * 2, strict=True))
    return Record((topic or b"").decode(), key, value, pairs)
