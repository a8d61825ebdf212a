"""What may be kept of a value on a topic keyed by user: the fields that the topic's message has, and no address; pure.

Whoever sends a field or a header of which we know nothing may name a person in it: `subject`, `email`, a note. It is
left out. A field that we know may be misused, a page's address for a shopper's: what looks like an e-mail address, in
whatever writing, makes the whole value one that may name a person. What nothing can read is kept only where no name of
a field stands in it that we do not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import SerializeToJsonError
from google.protobuf.message import DecodeError, Message

from services.wire.codec.json_codec import to_json
from services.wire.codec.message_types import MESSAGE_TYPES

KINDS: Final = {kind.topic: kind.cls for kind in MESSAGE_TYPES.values() if kind.user_keyed}
"""The message of each topic that is keyed by user."""

_ADDRESS: Final = re.compile(r"[^\s@](?:@|\uff20|%40|%2540|&#64;|\\u0040)\w", re.IGNORECASE)
_LABEL: Final = re.compile(r"""["']([^"']*)["']\s*:""")


def names_address(data: bytes) -> bool:
    """Whether a text, in UTF-8 or one of the wide encodings, holds what looks like an e-mail address.

    >>> names_address(b"order-alice%40example.org"), names_address("a@b.c".encode("utf-16")), names_address(b"at @home")
    (True, True, False)
    """
    return _ADDRESS.search(_text(data)) is not None


def known_part(topic: str, value: bytes) -> bytes | None:
    """`value`, without what the topic's message does not have; None where it may name a person all the same."""
    message = message_of(topic, value)
    if message is not None:
        return _known_protobuf(message, value)
    found = _object(value)
    if found is not None:
        return _known_json(KINDS[topic].DESCRIPTOR, found, value)
    strange = set(_LABEL.findall(_text(value))) - _NAMES[topic]
    return None if strange or names_address(value) else value


def message_of(topic: str, value: bytes) -> Message | None:
    """The protobuf message in `value`; None where it is none, or names no user, as bytes of anything may."""
    try:
        message = KINDS[topic].FromString(value)
    except DecodeError:
        return None
    return message if message.user_id else None  # type: ignore[attr-defined]  # user-keyed: it has one


def _known_protobuf(message: Message, value: bytes) -> bytes | None:
    """Written anew where that is shorter: without unknown fields, and without what a later value has replaced."""
    message.DiscardUnknownFields()  # type: ignore[attr-defined]  # it is there, the stubs do not say so
    written = message.SerializeToString()
    try:
        text = to_json(message)  # bytes are base64 there, in which nothing looks like an address by chance
    except (SerializeToJsonError, ValueError):  # a time that no calendar has
        text = written
    if names_address(text):
        return None
    return value if len(written) == len(value) else written


def _known_json(kind: Any, found: dict[str, Any], value: bytes) -> bytes | None:
    known = _known(kind, found)
    if names_address(json.dumps(known, ensure_ascii=False).encode("utf-8", "backslashreplace")):
        return None
    return value if known == found else json.dumps(known).encode()


def _known(kind: Any, found: dict[str, Any]) -> dict[str, Any]:
    """Of a message's JSON, the fields that it has; where a text or number belongs, nothing that has parts."""
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
    """The JSON object in `value`; None where it is none, or gives a name twice and so may hide what it said first."""
    try:
        found = json.loads(value, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field is given twice")
    return fields


def _text(data: bytes) -> str:
    """Without NULs, which wide encodings are full of."""
    return data.replace(b"\0", b"").decode("utf-8", "replace")


def _names(kind: Any) -> Iterator[str]:
    """All names in a message's JSON."""
    for field in kind.fields:
        yield from (field.name, field.json_name)
        if field.message_type is not None:
            yield from _names(field.message_type)


_NAMES: Final = {topic: frozenset(_names(cls.DESCRIPTOR)) for topic, cls in KINDS.items()}
