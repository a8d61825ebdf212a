"""A request's message from its JSON; lists that are too long are refused before a message is made of them.

Making messages takes microseconds an element, so a body of a million empty elements would hold up the event loop. A
field that there is not is refused, because it is a misspelt one: over gRPC the caller's compiler would have said so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from protos.gen.buf.validate import validate_pb2
from services.common.errors import Rejected
from services.common.one_line import one_line
from services.wire.codec.json_codec import from_object, read_object

_NO_LIMIT: Final = 1 << 62
_SHOWN: Final = 100  # characters of a name


def read_request(cls: type[Message], body: bytes) -> Message:
    """The message in `body`; raises `Rejected` that names what is no field, does not fit, or is too long."""
    fields = read_object(body, "value", cls.DESCRIPTOR.full_name)
    for names, field, most in _limits(cls.DESCRIPTOR):
        for name in names:
            value = fields.get(name)
            if isinstance(value, list) and len(value) > most:
                raise Rejected("invalid", field, f"{len(value)} of them", f"at most {most}")
    _check_known(cls.DESCRIPTOR, fields)
    return from_object(cls, fields)


def _check_known(kind: Any, fields: Mapping[str, object], path: str = "") -> None:
    """Raises `Rejected` that names the first field that the message does not have, such as `placements[0].size`."""
    known = _fields(kind)
    for name, value in fields.items():
        if name not in known:
            where = one_line(f"{path}{name[:_SHOWN]}")
            raise Rejected("invalid", where, "(not shown)", f"a field of {kind.full_name}")
        inner = known[name].message_type
        if inner is not None and not inner.GetOptions().map_entry:
            for at, one in _objects(value):
                _check_known(inner, one, f"{path}{name}{at}.")


@cache
def _fields(kind: Descriptor) -> dict[str, FieldDescriptor]:
    """The fields by each of their names in JSON."""
    return {name: field for field in kind.fields for name in (field.name, field.camelcase_name)}


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
