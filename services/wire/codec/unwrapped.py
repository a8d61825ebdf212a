"""Removes the wrappings in which producers put messages; pure, total, and bounded in work.

    frames.py      a schema registry's, gRPC's, messages with their lengths, messages within protobuf
    text_forms.py  base64, hex, percent-encoding, HTML entities, backslash escapes, UTF-16
    here           gzip, zlib, raw deflate

The codec needs no package for other compressions, so they are recognised and stay closed. A raw block of snappy or lz4
and brotli have no sign to be recognised by.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from services.common.pseudonym import is_pseudonym
from services.common.topics import MAX_MESSAGE_BYTES
from services.wire.codec.frames import framed, nested
from services.wire.codec.known_fields import users_of
from services.wire.codec.text_forms import decoded, is_text

_DEPTH: Final = 4
"""Three wrappings, such as base64 of gzip of a frame, and a message within a message."""

_MOST_INFLATED_BYTES: Final = 2 * MAX_MESSAGE_BYTES
"""Of one compressed piece."""

MOST_INFLATED_IN_ALL_BYTES: Final = 4 * MAX_MESSAGE_BYTES
INFLATED_AT_ONCE_BYTES: Final = 64 * 1024
_MOST_MEMBERS: Final = 256
_MOST_BYTES: Final = 8 * MAX_MESSAGE_BYTES
_MOST_CONTENTS: Final = 2_000
"""All contents together: what has more is not looked at for longer, and counts as closed."""

_MOST_BACKSLASHES: Final = 200_000
"""More than a largest message has of which each character is written as `\\u0041`."""

_GZIP: Final = b"\x1f\x8b\x08"
_CLOSED: Final = (
    b"\x28\xb5\x2f\xfd",  # zstd
    b"\x04\x22\x4d\x18",  # lz4
    b"\xff\x06\x00\x00sNaPpY",  # snappy
    b"\x82SNAPPY\0",  # snappy as Java's Xerial writes it
    b"BZh",  # bzip2
    b"\xfd7zXZ\0",
    b"PK\3\4",  # zip
)
"""How compressions begin that are not opened."""


@dataclass(frozen=True, slots=True)
class Content:
    """What may have lain under a wrapping."""

    data: bytes
    part: bool  # True: its bytes are part of the bytes that it lay in; False: they were decoded


@dataclass(slots=True)
class Work:
    """What was done for one value so far; bytes that are found a second time count again, because they cost as much."""

    inflated_bytes: int = 0
    content_bytes: int = 0
    contents: int = 0

    def is_too_much(self) -> bool:
        """Whether nothing more may be looked at."""
        return (
            self.inflated_bytes > MOST_INFLATED_IN_ALL_BYTES
            or self.content_bytes > _MOST_BYTES
            or self.contents > _MOST_CONTENTS
        )


def unwrapped(value: bytes, work: Work | None = None) -> Iterator[Content | None]:
    """What `value` may hold under a few wrappings; None, at last, where something stays closed. Counts in `work`."""
    work = work or Work()
    level, seen = [Content(value, False)], {value}
    for _ in range(_DEPTH):
        outers, level = level, []
        for inner in (inner for outer in outers if outer.data for inner in _contents(outer, work)):
            work.content_bytes += 0 if inner is None else len(inner.data)
            if inner is None or work.is_too_much():
                yield None
                return
            if inner.data in seen:
                continue
            work.contents += 1
            seen.add(inner.data)
            level.append(inner)
            yield inner


def _contents(outer: Content, work: Work) -> Iterator[Content | None]:
    """What lies under one wrapping; a frame within a frame is only looked for where it is a field of a message."""
    value = outer.data
    if value.startswith(_CLOSED) or value.count(b"\\") > _MOST_BACKSLASHES:
        yield None
        return
    if value.startswith(_GZIP):
        yield from map(_content, _gunzipped(value, work))
        return
    if not is_text(value):
        yield from _fields(value)
        yield from (Content(part, True) for part in (() if outer.part else framed(value)))
    yield from map(_content, chain(_inflated(value, work), () if outer.part else decoded(value)))


def _fields(message: bytes) -> Iterator[Content]:
    """The fields of what may be a message in which there is more to see than is plain in the message itself.

    Of our own messages, these are texts only: what is nested in them is no message that has a user.
    """
    ours = any(map(is_pseudonym, users_of(message).values()))
    for field in nested(message):
        text = is_text(field)
        if any(sign in field for sign in (b"%", b"&", b"\\")) if text else not ours:
            yield Content(field, not text)


def _content(data: bytes | None) -> Content | None:
    return None if data is None else Content(data, False)


def _gunzipped(value: bytes, work: Work) -> Iterator[bytes | None]:
    """All members of a gzip file; None for a damaged or a huge one."""
    for _ in range(_MOST_MEMBERS):
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            found = _all_of(inflate, value, work)
        except zlib.error:
            found = None
        yield found
        value = inflate.unused_data
        if found is None or not value.startswith(_GZIP):
            return
    yield None


def _inflated(value: bytes, work: Work) -> Iterator[bytes | None]:
    """As zlib, where the head says so, and as raw deflate, where all of it is: arbitrary bytes only begin like that."""
    has_head = int.from_bytes(value[:2], "big") % 31 == 0
    for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS) if has_head else (-zlib.MAX_WBITS,):
        inflate = zlib.decompressobj(bits)
        try:
            found = _all_of(inflate, value, work)
        except zlib.error:
            continue
        if found is None or bits > 0 or (inflate.eof and not inflate.unused_data):
            yield found


def _all_of(inflate: zlib._Decompress, value: bytes, work: Work) -> bytes | None:
    """What `inflate` makes of `value`; None if huge. In steps, so that the work for a damaged one counts, too."""
    found = bytearray()
    while piece := inflate.decompress(value, INFLATED_AT_ONCE_BYTES):
        found += piece
        work.inflated_bytes += len(piece)
        if len(found) > _MOST_INFLATED_BYTES or work.is_too_much():
            return None
        value = inflate.unconsumed_tail
    return bytes(found)
