"""Converts Kafka records and messages to the plain dicts that the oracle reads, without the product's own decoding."""

from __future__ import annotations

import json
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2, outcome_pb2
from services.catalogue.catalogue import Catalogue
from services.tools.drills.oracle.oracle import Product
from services.wire.codec.envelope import RawRecord

CLASSES: dict[str, type[Message]] = {
    "ad.views": events_pb2.View,
    "ad.clicks": events_pb2.Click,
    "ad.orders": events_pb2.Order,
    "ad.impressions": impression_pb2.Impression,
    "ad.renders": events_pb2.Render,
    "ad.outcomes": outcome_pb2.Outcome,
}
_TIME = "google.protobuf.Timestamp"
_CONSENT = "adloom.events.v1.Consent"


def plain(raw: RawRecord) -> dict[str, Any]:
    """The record as an event of the oracle."""
    headers = {name.lower(): value for name, value in raw.headers}
    by_json = (headers.get("content-type") or b"").startswith(b"application/json")
    return {
        "topic": raw.topic,
        "partition": raw.partition,
        "offset": raw.offset,
        "appended_ms": raw.timestamp_ms,
        "key": raw.key,
        "headers": headers,
        "fields": _fields(CLASSES[raw.topic], raw.value, by_json),
    }


def fields_of(message: Message) -> dict[str, Any]:
    """Every field of a message by name; times in microseconds since 1970, a consent as a dict or None, other messages
    left out."""
    found: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.type == FieldDescriptor.TYPE_MESSAGE and not field.is_repeated:
            if field.message_type.full_name == _TIME:
                found[field.name] = value.ToMicroseconds()
            elif field.message_type.full_name == _CONSENT:
                found[field.name] = fields_of(value) if message.HasField(field.name) else None
        elif field.is_repeated:
            found[field.name] = dict(value) if hasattr(value, "keys") else list(value)
        elif field.type == FieldDescriptor.TYPE_ENUM:
            found[field.name] = field.enum_type.values_by_number[value].name
        else:
            optional = field.has_presence and field.containing_oneof is not None
            found[field.name] = None if optional and not message.HasField(field.name) else value
    return found


def products_of(catalogue: Catalogue) -> dict[str, Product]:
    """The catalogue's products for the oracle: vector, slot of the category, ranks of the price."""
    return {
        product_id: (
            [float(value) for value in facts.vector],
            facts.category,
            (facts.price_rank, facts.price_level) if facts.price_known else None,
        )
        for product_id, facts in catalogue.facts.items()
    }


def _fields(cls: type[Message], value: bytes | None, by_json: bool) -> dict[str, Any] | None:
    try:
        if value is None:
            return None
        if not by_json:
            return fields_of(cls.FromString(value))
        return fields_of(json_format.ParseDict(json.loads(value), cls(), ignore_unknown_fields=True))
    except (DecodeError, ValueError, json_format.ParseError):
        return None
