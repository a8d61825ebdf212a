"""Keeps of a value on a user-keyed topic only the fields of the topic's message, and no e-mail address; pure.

A sender may name a person in a field or header that we do not know: `subject`, `email`, a note. Such a field is left
out. A sender may also misuse a known field, for example with a shopper's address in place of a page's. So a value with
anything that looks like an e-mail address, in any encoding, counts as one that may name a person. A value that is
neither protobuf nor JSON is kept only where it contains no unknown field name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import SerializeToJsonError
from google.protobuf.message import DecodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet  # type: ignore[import-not-found]  # no stubs

from services.wire.codec.addresses import names_address, text_of
from services.wire.codec.json_codec import to_json, unique_fields
from services.wire.codec.message_types import MESSAGE_TYPES

KINDS: Final = {kind.topic: kind.cls for kind in MESSAGE_TYPES.values() if kind.user_keyed}
"""The message of each topic that is keyed by user."""

_LABEL: Final = re.compile(r"""["']([^"']*)["']\s*:""")


def known_part(topic: str, value: bytes) -> bytes | None:
    """`value` without the fields that the topic's message does not have; None where it may still name a person."""
    message = message_of(topic, value)
    if message is not None:
        return _known_protobuf(message, value)
    found = _object(value)
    if found is not None:
        return _known_json(KINDS[topic].DESCRIPTOR, found, value)
    strange = set(_LABEL.findall(text_of(value))) - _NAMES[topic]
    return None if strange or names_address(value) else value


def message_of(topic: str, value: bytes) -> Message | None:
    """The protobuf message in `value`; None where it does not parse or has no user: arbitrary bytes may parse."""
    try:
        message = KINDS[topic].FromString(value)
    except DecodeError:
        return None
    return message if message.user_id else None  # type: ignore[attr-defined]  # user-keyed: it has one


def users_of(value: bytes) -> dict[str, str]:
    """The user of each message that `value` may be, by topic; none whose characters no user id has.

    >>> users_of(b"\\x0a\\x05alice\\x12\\x03tee")["ad.views"]
    'alice'
    """
    found = {topic: message for topic in KINDS if (message := message_of(topic, value)) and _is_likely(message)}
    users = {topic: str(message.user_id) for topic, message in found.items()}  # type: ignore[attr-defined]
    return {topic: user for topic, user in users.items() if user.isprintable()}


def _is_likely(message: Message) -> bool:
    """Whether a message is more than a text and unknown fields, as which the entry of a map would be read."""
    return len(message.ListFields()) > 1 or not UnknownFieldSet(message)


def _known_protobuf(message: Message, value: bytes) -> bytes | None:
    """The message encoded again where it holds anything else: unknown fields, or values that a later one replaces."""
    message.DiscardUnknownFields()  # type: ignore[attr-defined]  # missing in the stubs
    written = message.SerializeToString()
    try:
        text = to_json(message)  # JSON has bytes as base64, which never looks like an address by chance
    except (SerializeToJsonError, ValueError):  # a timestamp out of range
        text = written
    if names_address(text):
        return None
    return value if _fields(written) == _fields(value) else written


def _fields(message: bytes) -> list[tuple[int, int, str]]:
    """The fields on the wire, in any order; lengths do not tell messages apart: a long -1 hides five bytes."""
    return sorted((f.field_number, f.wire_type, repr(f.data)) for f in UnknownFieldSet(Empty.FromString(message)))


def _known_json(kind: Any, found: dict[str, Any], value: bytes) -> bytes | None:
    known = _known(kind, found)
    if names_address(json.dumps(known, ensure_ascii=False).encode("utf-8", "backslashreplace")):
        return None
    return value if known == found else json.dumps(known).encode()


def _known(kind: Any, found: dict[str, Any]) -> dict[str, Any]:
    """The known fields of a message's JSON; an object in place of a text or number is left out."""
    fields = {name: field for field in kind.fields for name in (field.name, field.json_name)}
    kept = {name: _fitting(fields[name], value) for name, value in found.items() if name in fields}
    return {name: value for name, value in kept.items() if value is not None or found[name] is None}


def _fitting(field: FieldDescriptor, value: Any) -> Any:
    inner = field.message_type
    if isinstance(value, list):
        fitting = [_fitting(field, one) for one in value if not isinstance(one, list)]
        return [one for one in fitting if one is not None]
    if not isinstance(value, dict):
        return value
    if inner is None:
        return None
    if inner.GetOptions().map_entry:
        return {name: one for name, one in value.items() if not isinstance(one, dict | list)}
    return _known(inner, value)


def _object(value: bytes) -> dict[str, Any] | None:
    """The JSON object in `value`; None where it is none, or repeats a name, which would hide the first value."""
    try:
        found = json.loads(value, object_pairs_hook=unique_fields)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _names(kind: Any) -> Iterator[str]:
    """All field names that a message's JSON may have."""
    for field in kind.fields:
        yield from (field.name, field.json_name)
        if field.message_type is not None:
            yield from _names(field.message_type)


_NAMES: Final = {topic: frozenset(_names(cls.DESCRIPTOR)) for topic, cls in KINDS.items()}
