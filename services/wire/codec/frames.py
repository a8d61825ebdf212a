"""Takes messages out of the frames that producers send them in; pure.

Nothing says which frame a value has, so each that fits is removed, and what lay in it may be nonsense.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

MOST_PIECES: Final = 2_000
"""Pieces or fields that are taken out of one value."""

_HEADS: Final = tuple(
    re.compile(head, re.DOTALL)
    for head in (
        rb"[\x00\x01].{4}",  # Confluent; a gRPC message that was cut
        rb"\x00.{4}(?:\x00|\x02.|\x04..|\x06...)",  # Confluent, protobuf: up to three indexes of the message
        rb"\x00{5}.{4}",  # Apicurio
        rb"\x03[\x00\x05].{16}",  # AWS Glue
        rb"\xc3\x01.{8}",  # Avro's encoding of single objects
    )
)
"""What schema registries put before a message."""

_SIZES: Final = {1: 8, 5: 4}
"""Sizes of protobuf's fields of 64 and 32 bits, by wire type."""


def framed(value: bytes) -> Iterator[bytes]:
    """What follows a schema's id, and each of several messages with their lengths.

    >>> list(framed(b"\\x00\\x00\\x00\\x00\\x07{}")), list(framed(b"\\x02{}\\x02[]"))
    ([b'{}'], [])
    """
    for head in _HEADS:
        found = head.match(value)
        if found:
            yield value[found.end() :]
    yield from _pieces(value, _grpc)
    yield from _pieces(value, _four_bytes)
    delimited = _pieces(value, _varint)
    if all(_fields(piece) is not None for piece in delimited):  # lengths of one byte fit by chance
        yield from delimited


def nested(value: bytes) -> list[bytes]:
    """The contents of all fields with a length, where `value` may be a protobuf message of any kind.

    >>> nested(b"\\x22\\x02{}\\x08\\x01"), nested(b"no message")
    ([b'{}'], [])
    """
    return _fields(value) or []


def _fields(value: bytes) -> list[bytes] | None:
    """The contents of fields with a length; None for what is no protobuf."""
    found, at, fields = [], 0, 0
    while at < len(value) and fields < MOST_PIECES:
        tag, begin = _varint(value, at)
        kind, fields = tag & 7, fields + 1
        length, begin = _varint(value, begin) if kind == 2 else (_SIZES.get(kind, 0), begin)
        if kind == 0:
            length = next((size for size, byte in enumerate(value[begin : begin + 10], 1) if byte < 0x80), -1)
        at = begin + length
        if tag < 8 or length < 0 or at > len(value) or kind > 5:
            return None
        if kind == 2:
            found.append(value[begin:at])
    return found


def _pieces(value: bytes, read_length: Callable[[bytes, int], tuple[int, int]]) -> list[bytes]:
    """The pieces of a value that consists of nothing but pieces with their lengths."""
    pieces: list[bytes] = []
    at = 0
    while at < len(value) and len(pieces) <= MOST_PIECES:
        length, begin = read_length(value, at)
        at = begin + length
        if length < 0 or at > len(value):
            return []
        pieces.append(value[begin:at])
    return pieces


def _grpc(value: bytes, at: int) -> tuple[int, int]:
    """A piece's length and where it begins; a flag is before the length."""
    return (int.from_bytes(value[at + 1 : at + 5], "big"), at + 5) if value[at] in (0, 1, 0x80) else (-1, at)


def _four_bytes(value: bytes, at: int) -> tuple[int, int]:
    return int.from_bytes(value[at : at + 4], "big"), at + 4


def _varint(value: bytes, at: int) -> tuple[int, int]:
    number = 0
    for place, byte in enumerate(value[at : at + 4]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number, at + place + 1
    return -1, at
