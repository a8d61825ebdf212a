"""A request's message from its JSON; lists that are too long are refused before a message is made of them.

Making messages takes microseconds an element, so a body of a million empty elements would hold up the event loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from protos.gen.buf.validate import validate_pb2
from services.common.errors import Rejected
from services.web.refused import Refused
from services.wire.codec.json_codec import from_object, read_object
from services.wire.codec.rules import check_fields

_NO_LIMIT: Final = 1 << 62
_SHOWN: Final = 100  # characters of a name


def read_request(cls: type[Message], body: bytes) -> Message:
    """The message in `body`; raises `Rejected` that names the field where it is none, or a list is too long."""
    fields = read_object(body, "value", cls.DESCRIPTOR.full_name)
    for names, field, most in _limits(cls.DESCRIPTOR):
        for name in names:
            value = fields.get(name)
            if isinstance(value, list) and len(value) > most:
                raise Rejected("invalid", field, f"{len(value)} of them", f"at most {most}")
    return from_object(cls, fields)


def check_request(message: Message, body: bytes) -> None:
    """Raises `Rejected` as `check_fields` does, or `Refused` that also names a field of `body` that there is not.

    Such a name may be a misspelt one. A request that is valid without the field is taken: its sender may be newer.
    """
    try:
        check_fields(message)
    except Rejected as wrong:
        kind = type(message).DESCRIPTOR
        unknown = _unknown_field(kind, read_object(body, "value", kind.full_name))
        if not unknown:
            raise
        raise Refused("INVALID_ARGUMENT", f"{wrong}; {unknown!r} is no field of {kind.name}", wrong.field) from wrong


def _unknown_field(kind: Any, fields: Mapping[str, object], path: str = "") -> str:
    """The path of the first field that the message does not have, such as `placements[0].size`; empty: it has all."""
    known = {name: field for field in kind.fields for name in (field.name, field.camelcase_name)}
    for name, value in fields.items():
        if name not in known:
            return f"{path}{name[:_SHOWN]}"
        inner = known[name].message_type
        if inner is None or inner.GetOptions().map_entry:
            continue
        found = (_unknown_field(inner, one, f"{path}{name}{at}.") for at, one in _objects(value))
        if unknown := next(filter(None, found), ""):
            return unknown
    return ""


def _objects(value: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The objects in a field's value, each with its index as text; empty for the only one."""
    numbered = [(f"[{number}]", one) for number, one in enumerate(value)] if isinstance(value, list) else [("", value)]
    return ((at, one) for at, one in numbered if isinstance(one, dict))


@cache
def _limits(kind: Descriptor) -> list[tuple[set[str], str, int]]:
    """The names in JSON of each repeated field, its name, and the proto's `max_items`."""
    return [
        ({field.name, field.camelcase_name}, field.name, _most(field)) for field in kind.fields if field.is_repeated
    ]


def _most(field: FieldDescriptor) -> int:
    extension: Any = validate_pb2.field
    rules: Any = field.GetOptions().Extensions[extension]
    return int(rules.repeated.max_items) if rules.repeated.HasField("max_items") else _NO_LIMIT
