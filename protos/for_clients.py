"""Our protos as one file for clients in any language: what they import is inside, the rules of their fields are not.

The rules (`buf/validate/validate.proto`) are the server's business. With them every client would need the classes of
that file, which comes from a registry of its own in Go and Java, and from none where that registry is not reached.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2
from google.protobuf.message import Message

_RULES = "buf/validate/validate.proto"


def without_rules(image: bytes) -> bytes:
    """The descriptor set `image` without the field rules and their schema; comments stay."""
    files = descriptor_pb2.FileDescriptorSet.FromString(image)
    kept = [file for file in files.file if not file.name.startswith("buf/")]
    for file in kept:
        others = [name for name in file.dependency if name != _RULES]
        del file.dependency[:]
        file.dependency.extend(others)
        _drop_rules(file)
        _keep_comments(file.source_code_info)
    return descriptor_pb2.FileDescriptorSet(file=kept).SerializeToString(deterministic=True)


def _drop_rules(message: Any) -> None:
    """Drops every extension, known to this process or not: google's own options are no extensions, ours are rules."""
    message.DiscardUnknownFields()
    for field, value in message.ListFields():
        if field.is_extension:
            message.ClearExtension(field)
        elif isinstance(value, Message):
            _drop_rules(value)
        elif field.message_type is not None:
            for each in value:
                _drop_rules(each)
    if "options" in message.DESCRIPTOR.fields_by_name and not message.options.ListFields():
        message.ClearField("options")


def _keep_comments(info: descriptor_pb2.SourceCodeInfo) -> None:
    """Keeps the places that have a comment; the others point into the source, which clients do not have."""
    kept = [place for place in info.location if place.leading_comments or place.trailing_comments]
    del info.location[:]
    info.location.extend(kept)
