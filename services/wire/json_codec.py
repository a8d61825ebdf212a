"""Messages as proto3 JSON: snake_case is written, snake_case and camelCase are read.

Fields that this version does not know are passed over, so that a sender may be newer than its reader, as with protobuf.
"""

from __future__ import annotations

import json

from google.protobuf import json_format
from google.protobuf.message import Message

from services.common.errors import Rejected


def to_json(message: Message) -> bytes:
    """`message` as compact proto3 JSON in UTF-8, field names in snake_case."""
    return json_format.MessageToJson(
        message, preserving_proto_field_name=True, indent=None, ensure_ascii=False
    ).encode()


def from_json(cls: type[Message], value: bytes) -> Message:
    """The message in `value`; raises `Rejected`: `undecodable` for what is no JSON object, `invalid` for its fields."""
    name = cls.DESCRIPTOR.full_name
    try:
        fields = json.loads(value.decode("utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as exc:
        raise Rejected("undecodable", "value", f"{len(value)} bytes", f"JSON of {name} ({exc})") from exc
    if not isinstance(fields, dict):
        raise Rejected("undecodable", "value", type(fields).__name__, f"a JSON object, {name}")
    message = cls()
    try:
        return json_format.ParseDict(fields, message, ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, RecursionError) as exc:
        raise Rejected("invalid", "value", "JSON", f"the types of {name} ({exc})") from exc


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is given twice")
    return fields
