"""Messages as proto3 JSON: snake_case is written, snake_case and camelCase are read.

Fields that this version does not know are ignored, so that a sender may be newer than its reader, as with protobuf.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from services.common.errors import Rejected


def to_json(message: Message) -> bytes:
    """`message` as compact proto3 JSON in UTF-8, field names in snake_case."""
    return json_format.MessageToJson(
        message, preserving_proto_field_name=True, indent=None, ensure_ascii=False
    ).encode()


def from_json(cls: type[Message], value: bytes) -> Message:
    """The message in `value`; raises `Rejected`: `undecodable` for no JSON object, `invalid` for a bad field."""
    return from_object(cls, read_object(value, "value", cls.DESCRIPTOR.full_name))


def from_object(cls: type[Message], fields: dict[str, object]) -> Message:
    """The message of a JSON object that `read_object` has read; raises `Rejected("invalid")` for a bad field."""
    try:
        return json_format.ParseDict(fields, cls(), ignore_unknown_fields=True)
    except _REFUSALS as exc:
        raise _wrong_field(cls, fields) from exc


def read_object(value: bytes, field: str, of: str) -> dict[str, object]:
    """The JSON object in `value`; its texts are valid Unicode, and no object in it gives a name twice.

    Raises `Rejected`: `undecodable`, with `field` (what was read) and `of` (what was expected) in its message, or
    `invalid` with the name of the top-level field that holds an unpaired surrogate.
    """
    try:
        found = json.loads(value.decode("utf-8"), object_pairs_hook=unique_fields)
    except (ValueError, RecursionError) as exc:
        raise Rejected("undecodable", field, f"{len(value)} bytes", f"JSON of {of} ({exc})") from exc
    if not isinstance(found, dict):
        raise Rejected("undecodable", field, type(found).__name__, f"a JSON object, {of},")
    if _HALF.search(value):
        _check_whole(found)
    return found


def set_field(message: Message, name: str, value: object) -> None:
    """Sets one field from its proto3 JSON; raises `Rejected("invalid")` where the field does not exist or fit."""
    cls = type(message)
    if name not in cls.DESCRIPTOR.fields_by_name:
        raise Rejected("invalid", name, value, f"a field of {cls.DESCRIPTOR.full_name}")
    try:
        message.MergeFrom(_plainly(cls, name, value) or json_format.ParseDict({name: value}, cls()))
    except _REFUSALS as exc:
        raise _wrong_value(cls, name, value) from exc


def _plainly(cls: type[Message], name: str, value: object) -> Message | None:
    """The message with this one field, or None where it needs JSON conversion, which is many times slower."""
    if isinstance(value, bool):  # Python accepts True as 1, JSON does not
        return None
    try:
        return cls(**{name: value})
    except (TypeError, ValueError, OverflowError, AttributeError):  # AttributeError: a number for a timestamp
        return None


def _wrong_field(cls: type[Message], fields: dict[str, object]) -> Rejected:
    """The error for the field that does not parse, found by trying each of `fields` alone; unknown ones always do."""
    known = {name for field in cls.DESCRIPTOR.fields for name in (field.name, field.camelcase_name)}
    for name, value in fields.items():
        if name not in known:
            continue
        try:
            json_format.ParseDict({name: value}, cls(), ignore_unknown_fields=True)
        except _REFUSALS:
            return _wrong_value(cls, name, value)
    return Rejected("invalid", "value", sorted(fields), f"fields of {cls.DESCRIPTOR.full_name} that go together")


def _wrong_value(cls: type[Message], name: str, value: object) -> Rejected:
    kind = cls.DESCRIPTOR
    known = {key: field for field in kind.fields for key in (field.name, field.camelcase_name)}
    wanted = _TYPES.get(known[name].type, known[name].name) if name in known else f"a field of {kind.full_name}"
    # The value of a user id is never shown, nor is a nested value.
    shown = value if name not in ("user_id", "userId") and isinstance(value, str | int | float) else "(not shown)"
    return Rejected("invalid", known[name].name if name in known else name, shown, wanted)


_REFUSALS = (json_format.ParseError, ValueError, TypeError, OverflowError, RecursionError)
"""What `ParseDict` raises; OverflowError for a number of more than 308 digits, or for infinity as an enum."""

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""How JSON escapes a surrogate; two of them may form a pair, which is valid."""

_TYPES = {
    FieldDescriptor.TYPE_STRING: "text",
    FieldDescriptor.TYPE_BYTES: "base64",
    FieldDescriptor.TYPE_BOOL: "true or false",
    FieldDescriptor.TYPE_INT32: "a whole number of 32 bits",
    FieldDescriptor.TYPE_INT64: "a whole number of 64 bits",
    FieldDescriptor.TYPE_FLOAT: "a number",
    FieldDescriptor.TYPE_DOUBLE: "a number",
    FieldDescriptor.TYPE_ENUM: "a name of the enumeration",
    FieldDescriptor.TYPE_MESSAGE: "the JSON of its message",
}


def unique_fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads`: the object of these pairs; raises `ValueError` where a name is given twice."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is given twice")
    return fields


def _check_whole(fields: dict[str, object]) -> None:
    """Raises `Rejected("invalid")` where a text or name, at any depth, holds an unpaired surrogate (`"\\ud800"`).

    Such a text cannot be encoded, and protobuf's look-ups of fields and enum values raise a SystemError on it.
    """
    for name, value in fields.items():
        try:
            for text in _texts_in([name, value]):
                text.encode()
        except UnicodeEncodeError as exc:
            shown = name.encode("ascii", "backslashreplace").decode()
            raise Rejected("invalid", shown, "(not shown)", "text of whole characters") from exc


def _texts_in(found: list[object]) -> Iterator[str]:
    waiting = found
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
