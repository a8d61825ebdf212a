"""The fuzzing targets of the two workers: messages on their topics, as protobuf, as JSON, and under any headers.

A message is handled as in a worker: it is classified (`wire/faust/classify.py`), and then given to the processors of
its topic, repartitioned, or written to the dead letters. Law 6: exactly one of these happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from google.protobuf import json_format
from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2
from services.catalogue.catalogue import demo_catalogue
from services.common.clock import to_ms
from services.common.partition import partition_of
from services.common.pseudonym import is_pseudonym
from services.common.topics import (
    CLICKS,
    DEADLETTER,
    EVENT_TYPES,
    IMPRESSIONS,
    ORDERS,
    PARTITIONS,
    RENDERS,
    TOPICS,
    VIEWS,
)
from services.features.memory_store import MemoryStore
from services.outcomes.processor import OutcomesProcessor
from services.profiles.topology import ProfilesProcessor
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.target import NotAllowed, Shape, Target
from services.tools.drills.fuzzing.target_token import KEYS, NOW, USER, signed
from services.wire.codec.deadletter import read_origin
from services.wire.codec.encode import largest
from services.wire.codec.envelope import RawRecord, Record
from services.wire.codec.headers import JSON, PROTOBUF
from services.wire.codec.json_codec import to_json
from services.wire.codec.message_types import MESSAGE_TYPES
from services.wire.faust.classify import ClassifiedBatch, classify
from services.wire.faust.processor import Processor

_COUNTS: Final = {topic.name: topic.partitions for topic in TOPICS}
_INPUTS: Final = (VIEWS, CLICKS, ORDERS, IMPRESSIONS, RENDERS)
_NONE: Final = b"\0none"  # stands for a key, a value or a header's value that is absent
_HEADS: Final = ("ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "content-type")
_KEPT_HEADS: Final = (Shape.KEPT,)


def protobuf_target() -> Target:
    """Events and decision records as protobuf."""
    seeds = [_case(message, message.SerializeToString(), PROTOBUF) for message in _messages()]
    shapes = (Shape.KEPT, Shape.TEXT, Shape.PROTOBUF, *_KEPT_HEADS)
    return Target("events as protobuf", Workers().take, seeds, shapes, _dictionary(), largest(VIEWS))


def json_target() -> Target:
    """Events and decision records as JSON, in snake_case and in camelCase."""
    seeds = [_case(message, to_json(message), JSON) for message in _messages()]
    seeds += [_case(message, json_format.MessageToJson(message).encode(), JSON) for message in _messages()]
    shapes = (Shape.KEPT, Shape.TEXT, Shape.JSON, *_KEPT_HEADS)
    return Target("events as JSON", Workers().take, seeds, shapes, _dictionary(), largest(VIEWS))


def header_target() -> Target:
    """CloudEvents attributes and keys of valid messages."""
    some = list(_messages())
    seeds = [_case(message, message.SerializeToString(), PROTOBUF) for message in some]
    seeds += [_case(message, to_json(message), JSON) for message in some]
    shapes = (Shape.TEXT, Shape.TEXT, Shape.KEPT, Shape.TEXT)
    return Target("CloudEvents headers", Workers().take, seeds, shapes, _dictionary(), 100_000)


class Workers:
    """Both workers' processors, without Kafka; each message is the first of its shopper."""

    def __init__(self) -> None:
        profiles = ProfilesProcessor(MemoryStore(), demo_catalogue().facts.get, burst=30)
        outcomes = OutcomesProcessor(lambda: KEYS, window_ms=15_000)
        self._processors: dict[str, Sequence[Processor]] = {
            VIEWS: (profiles,),
            CLICKS: (profiles, outcomes),
            ORDERS: (profiles, outcomes),
            IMPRESSIONS: (outcomes,),
            RENDERS: (outcomes,),
        }
        self._offset = 0

    def take(self, case: Case) -> str:
        """The fates of the message in its processors, or the reason of its dead letter."""
        self._offset += 1
        raw = _raw(case, self._offset)
        classified = classify([raw], _COUNTS)
        copies = sum(map(len, classified.events.values())) + len(classified.repartitioned) + len(classified.refused)
        if copies != 1:
            raise NotAllowed(f"the message was classified {copies} times")
        if classified.refused:
            return _letter(classified, raw)
        if classified.repartitioned:
            return "moved to its partition"
        processors = self._processors[raw.topic]
        return ", ".join(fate for processor in processors for fate in _advanced(processor, classified, raw))


def _advanced(processor: Processor, classified: ClassifiedBatch, raw: RawRecord) -> Iterator[str]:
    """The processor's results for the message: at once, after the window, and after the state has expired."""
    (((partition, user), events),) = classified.events.items()
    state: bytes | None = None
    for later_ms in (0, 20_000, 3 * 86_400_000):
        made = processor.advance(user, partition, state, events, raw.timestamp_ms + later_ms)
        state, events = made.state, []
        processor.publish([] if made.row is None else [made.row])
        yield from (fate for _, fate in made.fates)
        for record in made.records:
            _check_fits(record)
            yield record.topic
        for event, reason in made.refused:
            classified.refuse(event, reason)
            yield _letter(classified, raw)


def _letter(classified: ClassifiedBatch, raw: RawRecord) -> str:
    """The reason of the dead letter, which must fit its topic and name the message's origin."""
    letter = classified.outgoing[-1]
    if letter.topic != DEADLETTER:
        raise NotAllowed(f"a dead letter for {letter.topic}")
    _check_fits(letter)
    origin = read_origin(RawRecord(DEADLETTER, 0, 0, raw.timestamp_ms, letter.key, letter.value, letter.headers))
    if (origin.topic, origin.partition, origin.offset) != (raw.topic, raw.partition, raw.offset):
        raise NotAllowed(f"a dead letter from {origin}")
    return f"dead letter: {origin.reason}"


def _check_fits(record: Record) -> None:
    if record.size_bytes() > largest(record.topic):
        raise NotAllowed(f"a record of {record.size_bytes()} bytes for {record.topic}")


def _raw(case: Case, offset: int) -> RawRecord:
    """The message in a case: topic, key, value, then the headers' names and values."""
    topic, key, value, *rest = (None if part == _NONE else part for part in (*case, b"", b"", b""))
    found = (topic or b"").decode("latin-1")
    names = [(name or b"").decode("utf-8", "replace") for name in rest[0:-3:2]]
    # Workers compute the partition of pseudonyms only; `partition_of` caches its results and would keep all others.
    partition = partition_of(key, PARTITIONS) if key and is_pseudonym(key.decode("latin-1")) else 0
    headers = tuple(zip(names, rest[1::2], strict=False))
    return RawRecord(found if found in _INPUTS else VIEWS, partition, offset, to_ms(NOW), key, value, headers)


def _case(message: Message, value: bytes, content_type: str) -> Case:
    name = message.DESCRIPTOR.full_name
    values = ("1.0", "e-1", name, "shop", (NOW - timedelta(seconds=3)).isoformat(), content_type)
    headers = (text.encode() for pair in zip(_HEADS, values, strict=True) for text in pair)
    return (EVENT_TYPES[name].encode(), USER.encode(), value, *headers)


def _messages() -> Sequence[Message]:
    impression = impression_pb2.Impression(
        impression_id="i-1", request_id="r-1", user_id=USER, placement_id="front", format="300x250", slot=1,
        creative_id="c-1", product_id="tee-breton", policy_id="thompson", policy_version=3, propensity=0.25,
        candidates=["c-1", "c-2"], scores=[0.1, 0.2], posterior_means=[0.1, 0.2], posterior_variances=[0.01, 0.02],
        probabilities=[0.25, 0.75], floor=0.025, draws=256, guard_index=-1, seed=b"s" * 16, generator="philox4x64-10/1",
        features=[0.5, 1.5], categories=[1, 2], segment="new_unknown", rung="RUNG_FRESH_SCORES",
        degraded=["triton"], target_propensities={"uniform": 0.5}, foreign=True, experiment_arm="control",
    )  # fmt: skip
    impression.shown_at.FromDatetime(NOW)
    impression.context.time.FromDatetime(NOW)
    impression.context.locale = "en-GB"
    impression.consent.profile = False
    return (
        events_pb2.View(user_id=USER, product_id="tee-breton", query="tee", page="/tee", dwell_ms=900, user_agent="x"),
        events_pb2.View(user_id=USER, product_id="tee-breton", consent={"profile": False, "personalise": True}),
        events_pb2.Render(user_id=USER, impression_token=signed(), viewable_ms=1000, user_agent="x"),
        events_pb2.Click(user_id=USER, product_id="tee-breton", impression_token=signed(), user_agent="Googlebot"),
        events_pb2.Order(
            user_id=USER,
            product_id="tee-breton",
            quantity=2,
            value_minor=5900,
            currency="EUR",
            impression_token=signed(),
        ),
        impression,
    )


def _dictionary() -> Sequence[bytes]:
    names = {field.name for kind in MESSAGE_TYPES.values() for field in kind.cls.DESCRIPTOR.fields}
    heads = {
        *_HEADS,
        "traceparent",
        "Content-Type",
        "ce_dataschema",
        "adloom_moved",
        "adloom_appended_ms",
        "adloom_reason",
        "adloom_offset",
    }
    values = {
        PROTOBUF,
        JSON,
        f"{JSON}; charset=utf-16",
        f"{JSON};charset=UTF-8",
        *_INPUTS,
        *MESSAGE_TYPES,
        USER,
        signed(),
    }
    return [_NONE, *(word.encode() for word in sorted(names | heads | values))]
