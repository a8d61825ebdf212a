from dataclasses import replace
from datetime import UTC, datetime

from protos.gen.adloom.events.v1 import events_pb2
from services.common.clock import to_ms
from services.common.partition import partition_of
from services.common.topics import DEADLETTER, MAX_MESSAGE_BYTES, PARTITIONS, VIEWS
from services.wire.codec.encode import encode, largest
from services.wire.codec.envelope import RawRecord
from services.wire.codec.headers import APPENDED_MS, REPARTITIONED
from services.wire.faust.classify import classify

NOW = datetime(2026, 3, 1, tzinfo=UTC)
USER = "u1-" + "a" * 32
HOME = partition_of(USER.encode(), PARTITIONS)
TOPICS = {VIEWS: PARTITIONS}


def raw(
    partition: int = HOME, offset: int = 0, key: bytes | None = USER.encode(), value: bytes | None = None
) -> RawRecord:
    made = encode(events_pb2.View(user_id=USER, product_id="p"), event_id="e1", source="s", time=NOW, key=USER.encode())
    return RawRecord(VIEWS, partition, offset, to_ms(NOW), key, made.value if value is None else value, made.headers)


def test_events_are_grouped_by_user_in_the_order_of_arrival() -> None:
    classified = classify([raw(offset=4), raw(offset=5)], TOPICS)
    assert [event.offset for event in classified.events[HOME, USER]] == [4, 5]
    assert not classified.outgoing


def test_a_misplaced_message_is_moved_whole_under_the_same_id_before_it_is_looked_at() -> None:
    elsewhere = (HOME + 1) % PARTITIONS
    for misplaced in (raw(elsewhere, 7), raw(elsewhere, 7, value=b"\xff")):  # the second would be a dead letter
        classified = classify([misplaced], TOPICS)
        (repartitioned,) = classified.outgoing
        assert (repartitioned.topic, repartitioned.partition, repartitioned.key, repartitioned.value) == (
            VIEWS,
            HOME,
            misplaced.key,
            misplaced.value,
        )
        assert dict(repartitioned.headers)["ce_id"] == b"e1"
        assert dict(repartitioned.headers)[REPARTITIONED] == f"{VIEWS}/{elsewhere}/7".encode()
        assert dict(repartitioned.headers)[APPENDED_MS] == str(misplaced.timestamp_ms).encode()
        assert not classified.events and not classified.refused


def test_a_misplaced_message_that_would_be_too_large_with_two_headers_more_is_a_dead_letter() -> None:
    """Every message that goes out fits its topic, or the worker would send it for ever."""
    size = largest(VIEWS) - sum(len(name) + len(text or b"") for name, text in raw().headers) - len(USER)
    elsewhere = (HOME + 1) % PARTITIONS
    classified = classify([raw(elsewhere, 7, value=b"x" * size)], TOPICS)
    (letter,) = classified.outgoing
    assert letter.topic == DEADLETTER
    assert letter.size_bytes() <= largest(DEADLETTER)
    assert (classified.refused, classified.repartitioned) == ([(VIEWS, "invalid")], [])
    assert classify([raw(elsewhere, 7, value=b"x" * (size - 200))], TOPICS).repartitioned == [VIEWS]


def test_a_misplaced_message_that_headers_without_text_fill_to_the_brim_is_a_dead_letter() -> None:
    brim = replace(raw((HOME + 1) % PARTITIONS), headers=(("", b""),) * (MAX_MESSAGE_BYTES // 2 - 200))  # 2 bytes each
    classified = classify([brim], TOPICS)
    assert [letter.topic for letter in classified.outgoing] == [DEADLETTER]
    assert (classified.refused, classified.repartitioned) == ([(VIEWS, "invalid")], [])


def test_a_message_without_a_pseudonym_is_a_dead_letter_where_it_lies() -> None:
    for key in (None, b"alice@example.org"):
        classified = classify([raw((HOME + 1) % PARTITIONS, 7, key=key)], TOPICS)
        (letter,) = classified.outgoing
        assert letter.topic == DEADLETTER
        assert dict(letter.headers)["adloom_partition"] == str((HOME + 1) % PARTITIONS).encode()
        assert classified.refused == [(VIEWS, "not_a_pseudonym")]


def test_a_bad_message_does_not_take_its_neighbours_along() -> None:
    classified = classify([raw(offset=1), raw(offset=2, value=b"\xff\xff"), raw(offset=3)], TOPICS)
    assert [event.offset for event in classified.events[HOME, USER]] == [1, 3]
    assert classified.refused == [(VIEWS, "undecodable")]


def test_an_event_that_the_room_refuses_is_buried_as_it_came() -> None:
    classified = classify([raw(offset=9)], TOPICS)
    classified.refuse(classified.events[HOME, USER][0], "forged")
    (letter,) = classified.outgoing
    assert letter.value == raw().value
    assert dict(letter.headers)["adloom_offset"] == b"9"
    assert dict(letter.headers)["adloom_reason"] == b"forged"
