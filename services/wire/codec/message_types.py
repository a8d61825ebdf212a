"""Maps each `ce_type` to its Python class and topic; built from the tables of `services.common.topics`."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import Message

from protos.gen.adloom.campaigns.v1 import campaign_pb2
from protos.gen.adloom.catalogue.v1 import photo_pb2, product_pb2, vocabulary_pb2
from protos.gen.adloom.creative.v1 import creative_service_pb2
from protos.gen.adloom.events.v1 import events_pb2, impression_pb2, outcome_pb2, policy_pb2
from services.common.topics import CLICKS, EVENT_TYPES, IMPRESSIONS, ORDERS, RENDERS, TOPICS, VIEWS

_CLASSES: tuple[type[Message], ...] = (
    events_pb2.View,
    events_pb2.Click,
    events_pb2.Order,
    impression_pb2.Impression,
    events_pb2.Render,
    outcome_pb2.Outcome,
    product_pb2.Product,
    photo_pb2.Photo,
    vocabulary_pb2.Vocabulary,
    creative_service_pb2.Creative,
    campaign_pb2.Campaign,
    policy_pb2.PolicyVersion,
    policy_pb2.Report,
)

_USER_KEYED = {topic.name for topic in TOPICS if topic.key == "user pseudonym"}

_TIMED = {VIEWS, CLICKS, ORDERS, IMPRESSIONS, RENDERS}
"""Topics whose `ce_time` is compared with LogAppendTime: those whose ids are remembered for the lateness span. An
outcome may be sent long after it happened, because the worker was down, and is valid all the same."""


@dataclass(frozen=True, slots=True)
class MessageType:
    """How messages of one `ce_type` travel."""

    name: str
    topic: str
    cls: type[Message]
    user_keyed: bool  # the key is the pseudonym in `user_id`
    timed: bool  # a time too old or too far ahead is refused


MESSAGE_TYPES: dict[str, MessageType] = {
    cls.DESCRIPTOR.full_name: MessageType(
        cls.DESCRIPTOR.full_name,
        EVENT_TYPES[cls.DESCRIPTOR.full_name],
        cls,
        EVENT_TYPES[cls.DESCRIPTOR.full_name] in _USER_KEYED,
        EVENT_TYPES[cls.DESCRIPTOR.full_name] in _TIMED,
    )
    for cls in _CLASSES
}
