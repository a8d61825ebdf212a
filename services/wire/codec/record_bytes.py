"""One record of Kafka's format v2 in bytes, read whatever its headers are called; pure.

Kafka takes any bytes for a header's name. kafka-python and aiokafka decode them as UTF-8 before anybody sees the
record, and raise where they are none, at the same offset again and again: one such message would stop its reader for
ever. `header_names.py` and `aiokafka_header_names.py` read it with this instead; its odd name and what stood
under it become the values of `UNREADABLE_NAME` and `UNREADABLE_VALUE`, which `decode` refuses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

UNREADABLE_NAME: Final = "adloom_unreadable_name"
UNREADABLE_VALUE: Final = "adloom_unreadable_value"

Header = tuple[str, bytes | None]


@dataclass(frozen=True, slots=True)
class RecordBytes:
    """What a record of a batch holds; offset and time count from the batch's."""

    length: int  # bytes behind the length itself
    since_first_ms: int
    number: int
    key: bytes | None
    value: bytes | None
    headers: list[Header]
    end: int  # where the next record begins


def read_record(data: bytearray | memoryview | bytes, start: int) -> RecordBytes:
    """The record that begins at `start`; raises `ValueError` or `IndexError` for bytes that are none."""
    length, begin = _varint(data, start)
    since_first_ms, at = _varint(data, begin + 1)  # behind the attributes, which mean nothing yet
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
    """The header, or two that hold what it is where its name is no UTF-8.

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
    """A signed number, zigzag in base 128, and where it ends."""
    raw = shift = 0
    while True:
        byte = data[at]
        at += 1
        raw |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (raw >> 1) ^ -(raw & 1), at
        shift += 7
