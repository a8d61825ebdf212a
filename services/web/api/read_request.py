"""A request's message from its JSON; lists that are too long are refused before a message is made of them.

Making messages takes microseconds an element, so a body of a million empty elements would hold up the event loop.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from protos.gen.buf.validate import validate_pb2
from services.common.errors import Rejected
from services.wire.codec.json_codec import from_object, read_object

_NO_LIMIT: Final = 1 << 62


def read_request(cls: type[Message], body: bytes) -> Message:
    """The message in `body`; raises `Rejected` that names the field where it is none, or a list is too long."""
    fields = read_object(body, "value", cls.DESCRIPTOR.full_name)
    for names, field, most in _limits(cls.DESCRIPTOR):
        for name in names:
            value = fields.get(name)
            if isinstance(value, list) and len(value) > most:
                raise Rejected("invalid", field, f"{len(value)} of them", f"at most {most}")
    return from_object(cls, fields)


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
