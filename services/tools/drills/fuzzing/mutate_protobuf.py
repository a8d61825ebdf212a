"""Mutates protobuf by its fields; this needs no message definition, because the wire format delimits the fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from services.tools.drills.fuzzing.hostile import DEPTHS, INTEGERS, TEXTS, TIMES, fitting

_VARINT, _FIXED64, _BYTES, _GROUP, _END_GROUP, _FIXED32 = range(6)
_FIXED_BYTES: Final = {_FIXED64: 8, _FIXED32: 4}
_DOUBLES: Final = tuple(
    bytes.fromhex(text)
    for text in (
        "0000000000000000", "000000000000f03f", "000000000000f8ff", "000000000000f07f", "000000000000f0ff",
        "0000000000000080", "0100000000000000", "9a9999999999b93f", "ffffffffffffef7f", "000000000000f87f",
    )
)  # fmt: skip
"""0, 1, NaN, infinities, -0, the smallest, 0.1, the largest."""

Field = tuple[int, int, bytes]  # number, wire type, and its payload: without the length of a BYTES field


def break_protobuf(data: bytes, dictionary: Sequence[bytes], chance: Random) -> bytes:
    """`data` with one field changed, doubled, moved, added or removed, at any depth."""
    fields = read_fields(data)
    if not fields:
        return written([_new_field(dictionary, chance)])
    at = chance.randrange(len(fields))
    number, kind, payload = fields[at]
    inner = read_fields(payload) if kind == _BYTES else None
    if inner and chance.random() < 0.6:
        fields[at] = (number, kind, break_protobuf(payload, dictionary, chance))
        return written(fields)
    return _changed(fields, at, dictionary, chance)


def _changed(fields: list[Field], at: int, dictionary: Sequence[bytes], chance: Random) -> bytes:
    number, kind, payload = fields[at]
    act = chance.randrange(8)
    if act == 0:
        del fields[at]
    elif act == 1:
        fields.insert(chance.randint(0, len(fields)), fields[at])
    elif act == 2:
        fields.insert(at, _new_field(dictionary, chance))
    elif act == 3:
        fields[at] = (number, chance.randrange(8), payload)
    elif act == 4:
        fields[at] = (number, kind, _nested(number, payload, chance))
    elif act == 5:
        fields[at : at + 1] = [fields[at]] * fitting(chance.choice((3, 20, 300)), len(payload))
    else:
        fields[at] = (number, kind, _payload(kind, payload, dictionary, chance))
    return written(fields)


def _payload(kind: int, payload: bytes, dictionary: Sequence[bytes], chance: Random) -> bytes:
    if kind == _VARINT:
        return varint(chance.choice(INTEGERS) % 2**64)
    if kind in _FIXED_BYTES:
        return chance.choice(_DOUBLES)[-_FIXED_BYTES[kind] :]
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: chance.choice((*TEXTS, *dictionary, *TIMES)),
        lambda: payload + chance.choice(TEXTS),
        lambda: chance.choice(TEXTS) + payload,
        lambda: payload * fitting(chance.choice((2, 5, 129, 600)), len(payload)),
        lambda: payload[: chance.randint(0, len(payload))],
        lambda: b"".join(chance.choices(_DOUBLES, k=chance.choice((1, 2, 40)))),
        lambda: written(
            [
                (1, _VARINT, varint(chance.choice(INTEGERS) % 2**64)),
                (2, _VARINT, varint(chance.choice(INTEGERS) % 2**64)),
            ]
        ),
    )
    return chance.choice(ways)()


def _new_field(dictionary: Sequence[bytes], chance: Random) -> Field:
    number = chance.choice((*range(1, 40), 100, 18_999, 19_000, 2**29 - 1))
    kind = chance.choice((_VARINT, _FIXED64, _BYTES, _BYTES, _GROUP, _END_GROUP, _FIXED32))
    return number, kind, _payload(kind, b"", dictionary, chance)


def _nested(number: int, payload: bytes, chance: Random) -> bytes:
    """The payload nested in itself to a random depth, as messages or as groups."""
    depth = fitting(min(chance.choice(DEPTHS), 5_000), len(payload))
    if chance.random() < 0.5:
        return varint(number << 3 | _GROUP) * depth + payload + varint(number << 3 | _END_GROUP) * depth
    for _ in range(depth):
        payload = varint(number << 3 | _BYTES) + varint(len(payload)) + payload
    return payload


def read_fields(data: bytes) -> list[Field] | None:
    """The fields of `data`; None where it is no protobuf (or is empty)."""
    fields: list[Field] = []
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        number, kind = tag >> 3, tag & 7
        size, start = len(data) + 1, at
        if kind == _VARINT:
            _, end = _read_varint(data, at)
            size = end - at
        elif kind == _BYTES:
            size, start = _read_varint(data, at)
        elif kind in _FIXED_BYTES:
            size = _FIXED_BYTES[kind]
        if not number or start + size > len(data):
            return None
        fields.append((number, kind, data[start : start + size]))
        at = start + size
    return fields or None


def written(fields: Sequence[Field]) -> bytes:
    """The bytes of `fields`."""
    out = bytearray()
    for number, kind, payload in fields:
        out += varint(number << 3 | kind)
        if kind == _BYTES:
            out += varint(len(payload))
        out += payload
    return bytes(out)


def varint(value: int) -> bytes:
    """A non-negative integer as a varint, seven bits per byte.

    >>> varint(300).hex()
    'ac02'
    """
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    """The varint at `at` and the position after it; a position beyond the data where it does not end."""
    value = 0
    for count, byte in enumerate(data[at : at + 10]):
        value |= (byte & 127) << 7 * count
        if byte < 128:
            return value, at + count + 1
    return 0, len(data) + 1
