"""Rules of time count from the first append, and nobody gains by a forged one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from protos.gen.adloom.events.v1 import events_pb2
from services.common.clock import from_ms, to_ms
from services.common.errors import Rejected
from services.common.topics import VIEWS
from services.tools.drills.oracle.oracle import dated
from services.tools.drills.oracle.plain import plain
from services.wire.codec.deadletter import dead_letter
from services.wire.codec.decode import decode
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Headers, RawRecord, Record
from services.wire.codec.headers import APPENDED_MS, REPARTITIONED
from services.wire.codec.moved import first_appended_ms, moved

START = datetime(2026, 3, 1, tzinfo=UTC)
USER = "u1-" + "a" * 32
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW_MS = to_ms(START + 30 * HOUR)
POSITION = (REPARTITIONED, b"ad.views/3/17")


def view(headers: Headers = (), *, appended: timedelta = timedelta(0)) -> RawRecord:
    """A view that happened at START."""
    message = events_pb2.View(user_id=USER, product_id="p")
    made = encode(message, event_id="e", source="s", time=START, key=USER.encode())
    return RawRecord(VIEWS, 3, 17, to_ms(START + appended), made.key, made.value, (*made.headers, *headers))


def append_again(record: Record, after: timedelta, offset: int = 5) -> RawRecord:
    assert record.partition is not None
    at_ms = to_ms(START + after)
    return RawRecord(record.topic, record.partition, offset, at_ms, record.key, record.value, record.headers)


def at(ms: int) -> tuple[str, bytes]:
    return APPENDED_MS, str(ms).encode()


def test_an_event_that_waited_for_days_in_another_partition_is_not_too_old() -> None:
    waited = append_again(moved(view(appended=HOUR), home=0), after=3 * DAY)
    assert decode(waited).appended_at == START + HOUR
    with pytest.raises(Rejected, match="ce_time"):
        decode(view(appended=3 * DAY))


def test_a_message_that_is_moved_twice_keeps_its_first_time_and_its_last_position() -> None:
    once = append_again(moved(view(appended=HOUR), home=0), after=2 * DAY)
    twice = append_again(moved(once, home=4), after=3 * DAY)
    assert decode(twice).appended_at == START + HOUR
    assert [value for name, value in twice.headers if name == REPARTITIONED] == [b"ad.views/0/5"]


def test_what_was_too_old_when_it_came_is_too_old_after_the_move() -> None:
    with pytest.raises(Rejected, match="ce_time"):
        decode(append_again(moved(view(appended=25 * HOUR), home=0), after=26 * HOUR))


@pytest.mark.parametrize("waited", [timedelta(0), HOUR, 7 * DAY])
def test_a_time_at_which_the_topic_can_have_had_the_message_counts(waited: timedelta) -> None:
    first = NOW_MS - waited // timedelta(milliseconds=1)
    raw = replace(view((POSITION, at(first))), timestamp_ms=NOW_MS)
    assert first_appended_ms(raw) == first == dated(plain(raw))["appended_ms"]


@pytest.mark.parametrize(
    "headers",
    [
        (at(NOW_MS - 1),),  # nobody moved it
        (POSITION, at(NOW_MS + 1)),  # later than it is there
        (POSITION, at(NOW_MS - 7 * 86_400_000 - 1)),  # older than the topic keeps messages
        (POSITION, at(-5)),
        (POSITION, (APPENDED_MS, b"")),
        (POSITION, (APPENDED_MS, None)),
        (POSITION, (APPENDED_MS, b" 1772323200000")),
        (POSITION, (APPENDED_MS, b"1_772_323_200_000")),
        (POSITION, (APPENDED_MS, "\u0661\u0662\u0663".encode())),
        (POSITION, (APPENDED_MS, b"9" * 5_000)),
        ((REPARTITIONED, b"somewhere"), at(NOW_MS - 1)),
        ((REPARTITIONED, None), at(NOW_MS - 1)),
    ],
)
def test_any_other_time_is_as_good_as_none(headers: Headers) -> None:
    raw = replace(view(headers), timestamp_ms=NOW_MS)
    assert first_appended_ms(raw) == NOW_MS == dated(plain(raw))["appended_ms"]
    assert dict(moved(raw, 0).headers)[APPENDED_MS] == str(NOW_MS).encode()


def test_of_two_times_neither_counts() -> None:
    raw = replace(view((POSITION, at(NOW_MS - 2), at(NOW_MS - 1))), timestamp_ms=NOW_MS)
    assert first_appended_ms(raw) == NOW_MS


def test_forged_headers_in_other_letters_are_not_carried_along() -> None:
    forged = view((("Adloom_Moved", b"x"), ("ADLOOM_APPENDED_MS", b"1")), appended=HOUR)
    names = [name for name, _ in moved(forged, 0).headers if name.lower().startswith("adloom")]
    assert names == [REPARTITIONED, APPENDED_MS]


def test_a_dead_letter_tells_when_its_message_came_first() -> None:
    raw = append_again(moved(view(appended=HOUR), home=0), after=DAY)
    first = dict(dead_letter(raw, "invalid", redact=False).headers)[APPENDED_MS]
    assert from_ms(int(first)) == START + HOUR
