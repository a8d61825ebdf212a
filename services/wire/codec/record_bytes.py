"""Parses one record of Kafka's format v2, also where the names of its headers are not UTF-8; pure.

Kafka accepts any bytes as a header's name. kafka-python and aiokafka decode them as UTF-8 before they return the
record, and raise where that fails, at the same offset again and again: one such message would stop its reader for
ever. `header_names.py` and `aiokafka_header_names.py` parse it with this module instead. The raw name and the value of
such a header become the values of `UNREADABLE_NAME` and `UNREADABLE_VALUE`, and `decode` refuses the message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UNREADABLE_NAME: Final = "adloom_unreadable_name"
UNREADABLE_VALUE: Final = "adloom_unreadable_value"

Header = tuple[str, bytes | None]


@dataclass(frozen=True, slots=True)
class RecordBytes:
    """One record of a batch; offset and time are relative to those of the batch."""

    length: int  # in bytes, without the length field itself
    since_first_ms: int
    number: int
    key: bytes | None
    value: bytes | None
    headers: list[Header]
    end: int  # position of the next record


def read_record(data: bytearray | memoryview | bytes, start: int) -> RecordBytes:
    """The record that begins at `start`; raises `ValueError` or `IndexError` for bytes that are no record."""
    length, begin = _varint(data, start)
    since_first_ms, at = _varint(data, begin + 1)  # skips the attributes byte, which is unused
    number, at = _varint(data, at)
    key, at = _bytes(data, at)
    value, at = _bytes(data, at)
    count, at = _varint(data, at)
    headers: list[Header] = []
    for _ in range(count):
        name, at = _bytes(data, at)
        held, at = _bytes(data, at)
        headers += named(name or b"", held)
    if at != begin + length:
        raise ValueError(f"a record of {length} bytes ends after {at - begin}")
    return RecordBytes(length, since_first_ms, number, key, value, headers, at)


def named(name: bytes, value: bytes | None) -> list[Header]:
    """The header; where its name is not UTF-8, two headers that hold its name and its value.

    >>> named(b"ce_id", b"1"), named(b"\\xff", None)
    ([('ce_id', b'1')], [('adloom_unreadable_name', b'\\xff'), ('adloom_unreadable_value', None)])
    """
    try:
        return [(name.decode(), value)]
    except UnicodeDecodeError:
        return [(UNREADABLE_NAME, name), (UNREADABLE_VALUE, value)]


def _bytes(data: bytearray | memoryview | bytes, at: int) -> tuple[bytes | None, int]:
    length, at = _varint(data, at)
    return (bytes(data[at : at + length]), at + length) if length >= 0 else (None, at)


def _varint(data: bytearray | memoryview | bytes, at: int) -> tuple[int, int]:
    """A signed number (zigzag varint), and the position after it."""
    raw = shift = 0
    while True:
        byte = data[at]
        at += 1
        raw |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (raw >> 1) ^ -(raw & 1), at
        shift += 7
