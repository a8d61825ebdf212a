"""The tables of types, topics and protos agree."""

from __future__ import annotations

from services.common.topics import EVENT_TYPES
from services.wire.codec.message_types import MESSAGE_TYPES


def test_every_declared_type_has_its_class_and_topic() -> None:
    assert {name: kind.topic for name, kind in MESSAGE_TYPES.items()} == EVENT_TYPES


def test_every_user_keyed_message_names_its_user() -> None:
    for kind in MESSAGE_TYPES.values():
        assert ("user_id" in kind.cls.DESCRIPTOR.fields_by_name) == kind.user_keyed, kind.name
