"""Removes the wrappings in which producers put messages; pure, total, and bounded in work.

    a frame       a schema registry's (Confluent, Apicurio, AWS Glue, Avro's single object), gRPC, length-delimited
                  messages, messages within protobuf
    compression   gzip, zlib, raw deflate; others are not opened here, because the codec needs no package for them
    a text form   base64, hex, percent-encoding, HTML entities, backslash escapes; UTF-16 without its NULs

Nothing says which wrapping a value has. So each that fits by its form is removed, and a content may be nonsense.
"""

from __future__ import annotations

import binascii
import html
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final
from urllib.parse import unquote_to_bytes

from services.common.topics import MAX_MESSAGE_BYTES

_DEPTH: Final = 3
"""base64 of gzip of a frame; more wrappings than that have not been seen."""

_MOST_INFLATED_BYTES: Final = 2 * MAX_MESSAGE_BYTES
_MOST_BYTES: Final = 8 * MAX_MESSAGE_BYTES
_MOST_CONTENTS: Final = 2_000
"""All contents together: what has more is not looked at for longer, and counts as closed."""

_CLOSED: Final = (
    b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"\xff\x06\x00\x00sNaPpY", b"\x82SNAPPY\0", b"BZh", b"\xfd7zXZ\0",
    b"PK\3\4",
)  # fmt: skip
"""How zstd, lz4, snappy (framed; Xerial's), bzip2, xz and zip begin."""

_SCHEMA_HEADS: Final = {0: (5, 9), 1: (5,), 3: (18,), 0xC3: (10,)}
"""Sizes of the heads that begin with a byte: Confluent 5, Apicurio 9, gRPC 5, AWS Glue 18, Avro's single object 10."""

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_BASE64: Final = bytes({45: 43, 95: 47}.get(n, n if n in _ALPHABET else 65) for n in range(256))
"""base64url as base64, and all that is neither as `A`, which stands for zeros."""

_SIZES: Final = {1: 8, 5: 4}
"""Sizes of protobuf's fields of 64 and 32 bits, by wire type."""

_TOKEN: Final = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
_HEX: Final = re.compile(rb"(?:[0-9a-fA-F]{2}){6,}")
_MOST_TOKENS: Final = 128
_LONG_BYTES: Final = 10_000
_ESCAPE: Final = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Content:
    """What may have lain under a wrapping."""

    data: bytes
    part: bool  # True: its bytes are part of the bytes that it lay in; False: they were decoded


def unwrapped(value: bytes) -> Iterator[Content | None]:
    """What `value` may hold under up to three wrappings; None, at last, where something stays closed."""
    level, seen, left = [Content(value, False)], {value}, _MOST_BYTES
    for _ in range(_DEPTH):
        outers, level = level, []
        for inner in (inner for outer in outers if outer.data for inner in _contents(outer)):
            if inner is not None and inner.data in seen:
                continue
            left -= 0 if inner is None else len(inner.data)
            if inner is None or left < 0 or len(seen) > _MOST_CONTENTS:
                yield None
                return
            seen.add(inner.data)
            level.append(inner)
            yield inner


def swept(value: bytes) -> Iterator[bytes]:
    """`value` as base64 from each of four places on: every base64 text in it is decoded in one of them.

    >>> [b"alice@" in data for data in swept(b"https://shop/who/YWxpY2VAZXhhbXBsZS5vcmc?x=1")]
    [False, True, False, False]
    """
    text = value.translate(_TO_BASE64)
    for start in range(4):
        yield binascii.a2b_base64(text[start : len(text) - (len(text) - start) % 4])


def _contents(outer: Content) -> Iterator[Content | None]:
    """What lies under one wrapping; a frame within a frame is only looked for where it is a field of a message."""
    value = outer.data
    if value.startswith(_CLOSED):
        yield None
        return
    if not is_text(value):
        parts = chain(_nested(value), () if outer.part else _framed(value))
        yield from (Content(part, True) for part in parts if not is_text(part))  # texts are seen without this
    decoded = chain(_inflated(value), () if outer.part else _decoded(value))
    yield from (None if data is None else Content(data, False) for data in decoded)


def _framed(value: bytes) -> Iterator[bytes]:
    for size in _SCHEMA_HEADS.get(value[0], ()):
        yield value[size:]
    if value[0] == 0:
        yield value[5 + _indexes_bytes(value[5:16]) :]
    for head in (_grpc, _four_bytes, _varint):
        yield from _pieces(value, head)


def _indexes_bytes(start: bytes) -> int:
    """The size of Confluent's message indexes: their number and each of them, as small zigzag numbers."""
    return 1 + (start[0] >> 1 if start else 0)


def _pieces(value: bytes, head: Callable[[bytes, int], tuple[int, int]]) -> list[bytes]:
    """The pieces of a value that consists of nothing but pieces with their lengths."""
    pieces, at = [], 0
    while at < len(value) and len(pieces) <= _MOST_CONTENTS:
        length, begin = head(value, at)
        at = begin + length
        if length < 0 or at > len(value):
            return []
        pieces.append(value[begin:at])
    return pieces


def _nested(value: bytes) -> list[bytes]:
    """The contents of the fields with a length, of what may be a protobuf message."""
    found, at, fields = [], 0, 0
    while at < len(value) and fields < _MOST_CONTENTS:
        tag, begin = _varint(value, at)
        kind, fields = tag & 7, fields + 1
        length, begin = _varint(value, begin) if kind == 2 else (_SIZES.get(kind, 0), begin)
        if kind == 0:
            length = next((size for size, byte in enumerate(value[begin : begin + 10], 1) if byte < 0x80), -1)
        at = begin + length
        if tag < 8 or length < 0 or at > len(value) or kind > 5:
            return []
        if kind == 2:
            found.append(value[begin:at])
    return found


def _grpc(value: bytes, at: int) -> tuple[int, int]:
    return (int.from_bytes(value[at + 1 : at + 5], "big"), at + 5) if value[at] in (0, 1, 0x80) else (-1, at)


def _four_bytes(value: bytes, at: int) -> tuple[int, int]:
    return int.from_bytes(value[at : at + 4], "big"), at + 4


def _varint(value: bytes, at: int) -> tuple[int, int]:
    length = 0
    for place, byte in enumerate(value[at : at + 4]):
        length |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return length, at + place + 1
    return -1, at


def _inflated(value: bytes) -> Iterator[bytes | None]:
    if value.startswith(b"\x1f\x8b\x08"):
        yield from _gunzipped(value)
        return
    forms = (zlib.MAX_WBITS, -zlib.MAX_WBITS) if int.from_bytes(value[:2], "big") % 31 == 0 else (-zlib.MAX_WBITS,)
    for form in forms:
        inflate = zlib.decompressobj(form)
        try:
            found = inflate.decompress(value, _MOST_INFLATED_BYTES)
        except zlib.error:
            continue
        if inflate.unconsumed_tail:
            yield None
        elif form > 0 or (inflate.eof and not inflate.unused_data):  # arbitrary bytes begin like raw deflate
            yield found


def _gunzipped(value: bytes) -> Iterator[bytes | None]:
    """All members of a gzip file; None for a damaged or a huge one."""
    while value.startswith(b"\x1f\x8b"):
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            yield inflate.decompress(value, _MOST_INFLATED_BYTES)
        except zlib.error:
            yield None
            return
        if inflate.unconsumed_tail:
            yield None
            return
        value = inflate.unused_data


def _decoded(value: bytes) -> Iterator[bytes]:
    if value.count(0) * 3 >= len(value):
        yield value.replace(b"\0", b"")
    yield _unescaped(value)
    for token in islice(_TOKEN.finditer(value), _MOST_TOKENS):
        yield from _from_token(token[0])
    dense = value.translate(None, b" \t\r\n:\"'=")
    if dense != value and _TOKEN.fullmatch(dense):
        yield from _from_token(dense)


def _from_token(token: bytes) -> Iterator[bytes]:
    with suppress(ValueError):
        yield binascii.unhexlify(token)
    if len(token) < _LONG_BYTES:  # the search for hex within a longer one would take tens of milliseconds
        yield from map(binascii.unhexlify, _HEX.findall(token))
    text = token.translate(_TO_BASE64)
    if len(text) % 4 != 1:
        yield binascii.a2b_base64(text + b"=" * (-len(text) % 4))


def _unescaped(value: bytes) -> bytes:
    """Percent-encoding, HTML entities and backslash escapes as what they stand for."""
    if b"%" in value:
        value = unquote_to_bytes(value)
    if b"&" in value:
        value = html.unescape(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    return _ESCAPE.sub(_meant, value) if b"\\" in value else value


def _meant(escape: re.Match[bytes]) -> bytes:
    if escape[3] is not None:
        return escape[3]
    return chr(int(escape[1] or escape[2], 16)).encode("utf-8", "surrogatepass")


def is_text(data: bytes) -> bool:
    """Whether `data` is a text, in UTF-8, long enough not to be one by chance."""
    if len(data) < 8:
        return False
    try:
        return data.decode().translate(_SPACES).isprintable()
    except UnicodeDecodeError:
        return False


_SPACES: Final = dict.fromkeys((9, 10, 13), " ")
