"""What is encoded is decoded again as it was, in both content types; any other bytes are an envelope or a rejection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from google.protobuf.message import Message
from hypothesis import example, given
from hypothesis import strategies as st

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2, outcome_pb2
from services.common.clock import to_ms
from services.common.errors import Rejected
from services.common.topics import TOPICS
from services.wire.codec.decode import decode
from services.wire.codec.encode import encode_with
from services.wire.codec.envelope import Envelope, RawRecord
from services.wire.codec.headers import JSON, PROTOBUF, EventHeaders
from services.wire.codec.message_types import MESSAGE_TYPES

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

users = st.from_regex(r"u[1-9][0-9]{0,3}-[0-9a-f]{32}", fullmatch=True)
names = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=128)
texts = st.text(max_size=512)
probabilities = st.floats(0, 1, exclude_min=True)
views = st.builds(
    events_pb2.View, user_id=users, product_id=names, query=texts, page=texts, dwell_ms=st.integers(0, 86_400_000)
)
clicks = st.builds(events_pb2.Click, user_id=users, product_id=names, impression_token=texts, user_agent=texts)
orders = st.builds(
    events_pb2.Order,
    user_id=users,
    product_id=names,
    quantity=st.integers(0, 100_000),
    value_minor=st.integers(0, 10**12),
    currency=st.sampled_from(["", "EUR", "JPY"]),
)
impressions = st.builds(
    impression_pb2.Impression,
    impression_id=names,
    user_id=users,
    propensity=probabilities,
    probabilities=st.lists(probabilities, max_size=5),
    seed=st.binary(max_size=16),
    target_propensities=st.dictionaries(names, probabilities, max_size=3),
    rung=st.sampled_from(impression_pb2.Rung.values()),
    foreign=st.booleans(),
)
outcomes = st.builds(
    outcome_pb2.Outcome,
    outcome_id=names,
    user_id=users,
    delay_ms=st.integers(-(2**63), 2**63 - 1),
    score=st.none() | st.floats(allow_nan=False),
)
messages = st.one_of(views, clicks, orders, impressions, outcomes)
ages = st.timedeltas(timedelta(minutes=-5), timedelta(hours=24))


def read(message: Message, content_type: str, event_id: str, age: timedelta) -> Envelope:
    headers = EventHeaders(content_type, event_id, "shop", message.DESCRIPTOR.full_name, NOW - age, TRACE)
    record = encode_with(headers, message, message.user_id.encode())  # type: ignore[attr-defined]
    return decode(RawRecord(record.topic, 2, 5, to_ms(NOW), record.key, record.value, record.headers))


@given(messages, st.sampled_from([PROTOBUF, JSON]), names, ages)
def test_decode_gives_back_what_was_encoded(message: Message, content_type: str, name: str, age: timedelta) -> None:
    envelope = read(message, content_type, name, age)
    assert envelope.message == message
    assert (envelope.event_id, envelope.source, envelope.type) == (name, "shop", message.DESCRIPTOR.full_name)
    assert (envelope.time, envelope.appended_at, envelope.traceparent) == (NOW - age, NOW, TRACE)
    assert (envelope.topic, envelope.partition, envelope.offset) == (MESSAGE_TYPES[envelope.type].topic, 2, 5)


@given(messages)
def test_json_and_protobuf_say_the_same(message: Message) -> None:
    assert read(message, JSON, "e", timedelta()) == read(message, PROTOBUF, "e", timedelta())


header_names = st.sampled_from(
    ["content-type", "Content-Type", "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "traceparent", "x"]
)
header_values = st.one_of(
    st.none(),
    st.binary(max_size=40),
    st.sampled_from([b"1.0", b"application/json", b"application/protobuf", b"2026-03-01T12:00:00Z"]),
    st.sampled_from([name.encode() for name in MESSAGE_TYPES]),
)
headers = st.lists(st.tuples(header_names, header_values), max_size=9).map(tuple)


def lawful(name: str, content_type: bytes) -> tuple[tuple[str, bytes | None], ...]:
    """Headers that pass, so that the bytes of the value are looked at."""
    attributes = {"ce_id": b"e", "ce_source": b"s", "ce_specversion": b"1.0", "ce_time": b"2026-03-01T12:00:00Z"}
    return (*attributes.items(), ("ce_type", name.encode()), ("content-type", content_type))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)


@st.composite
def records(draw: st.DrawFn) -> RawRecord:
    """Anything at all, with a bias towards records that get far."""
    kind = draw(st.sampled_from(list(MESSAGE_TYPES.values())))
    content_type = draw(st.sampled_from([b"application/json", b"application/protobuf"]))
    fields = st.sampled_from([field.name for field in kind.cls.DESCRIPTOR.fields])
    documents = st.dictionaries(fields, json_values | texts, max_size=4).map(
        lambda d: repr(d).replace("'", '"').encode()
    )
    return RawRecord(
        draw(st.sampled_from([kind.topic, *(topic.name for topic in TOPICS)])),
        draw(st.integers(0, 5)),
        draw(st.integers(0, 2**40)),
        draw(st.integers(-(2**63), 2**63 - 1) | st.just(to_ms(NOW))),
        draw(st.none() | st.binary(max_size=40)),
        draw(st.none() | st.binary(max_size=80) | documents),
        draw(headers | st.just(lawful(kind.name, content_type))),
    )


@given(records())
@example(
    RawRecord("ad.views", 0, 0, to_ms(NOW), None, b"{" * 9_999, lawful("adloom.events.v1.View", b"application/json"))
)
def test_any_bytes_are_an_envelope_or_a_rejection(raw: RawRecord) -> None:
    try:
        assert decode(raw).offset == raw.offset
    except Rejected as rejected:
        assert rejected.reason in {
            "undecodable", "invalid", "not_a_pseudonym", "from_the_future", "too_old", "unknown_type",
        }  # fmt: skip
        assert str(rejected).strip()
