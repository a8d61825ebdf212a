from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from protos.gen.adloom.events.v1 import events_pb2
from services.common.topics import CLICKS, VIEWS
from services.wire.codec.envelope import Envelope
from services.wire.faust.deduplicator import MOST_REMEMBERED, Deduplicator, Fate

START = datetime(2026, 3, 1, tzinfo=UTC)
USER = "u1-" + "a" * 32
HOUR = timedelta(hours=1)


def event(offset: int, name: str = "", *, topic: str = VIEWS, happened: float = 0, appended: float = 0) -> Envelope:
    """An event with times in hours after START."""
    return Envelope(
        name or f"e{offset}",
        "shop",
        "adloom.events.v1.View",
        START + happened * HOUR,
        topic,
        0,
        offset,
        START + appended * HOUR,
        USER.encode(),
        events_pb2.View(user_id=USER, product_id="p"),
    )


def fates(deduplicator: Deduplicator, *events: Envelope) -> list[Fate]:
    return [deduplicator.admit(one) for one in events]


def test_a_message_is_applied_once_and_then_known_as_redelivered() -> None:
    assert fates(Deduplicator(), event(5), event(5)) == [Fate.APPLIED, Fate.REDELIVERED]


def test_whatever_lies_before_the_last_applied_offset_was_applied_too() -> None:
    assert fates(Deduplicator(), event(5), event(3)) == [Fate.APPLIED, Fate.REDELIVERED]


def test_offsets_of_topics_are_told_apart() -> None:
    assert fates(Deduplicator(), event(5), event(3, topic=CLICKS)) == [Fate.APPLIED, Fate.APPLIED]


def test_another_message_with_the_same_identity_is_a_duplicate() -> None:
    assert fates(Deduplicator(), event(5, "same"), event(6, "same")) == [Fate.APPLIED, Fate.DUPLICATE]


def test_a_duplicate_counts_as_read_and_is_redelivered_the_next_time() -> None:
    assert fates(Deduplicator(), event(5, "same"), event(6, "same"), event(6, "same"))[2] == Fate.REDELIVERED


def test_sources_are_part_of_the_identity() -> None:
    first = event(5, "same")
    other = replace(event(6, "same"), source="till")
    assert fates(Deduplicator(), first, other) == [Fate.APPLIED, Fate.APPLIED]


@pytest.mark.parametrize(("hours", "fate"), [(23.99, Fate.DUPLICATE), (24.0, Fate.DUPLICATE), (24.01, Fate.APPLIED)])
def test_an_id_is_remembered_until_its_copies_would_be_too_old(hours: float, fate: Fate) -> None:
    """By LogAppendTime: later copies under the same time of their own never come this far."""
    assert fates(Deduplicator(), event(5, "same"), event(6, "same", happened=hours, appended=hours))[1] == fate


def test_a_redelivery_is_known_even_when_its_id_is_long_forgotten() -> None:
    deduplicator = Deduplicator()
    fates(deduplicator, event(5, "old"), event(6, happened=30, appended=30))
    assert deduplicator.admit(event(5, "old")) == Fate.REDELIVERED


def test_forgotten_ids_take_no_room() -> None:
    deduplicator = Deduplicator()
    fates(deduplicator, *(event(n, happened=n / 10, appended=n / 10) for n in range(1000)))
    _, seen = deduplicator.packed()
    assert 240 <= len(seen[VIEWS]) <= 245  # 24 h of ten an hour


def test_a_packed_deduplicator_is_the_same_deduplicator() -> None:
    deduplicator = Deduplicator()
    fates(deduplicator, event(5, "same"))
    again = Deduplicator.unpacked(deduplicator.packed())
    assert fates(again, event(5, "same"), event(6, "same")) == [Fate.REDELIVERED, Fate.DUPLICATE]


def test_ids_beyond_what_a_state_can_hold_are_refused_until_older_ones_are_forgotten() -> None:
    deduplicator = Deduplicator()
    for offset in range(MOST_REMEMBERED):
        assert deduplicator.admit(event(offset)) is Fate.APPLIED
    full = MOST_REMEMBERED
    assert fates(deduplicator, event(full), event(full)) == [Fate.REFUSED, Fate.REDELIVERED]
    assert deduplicator.admit(event(full + 1, "e0")) is Fate.DUPLICATE
    assert deduplicator.admit(event(0, topic=CLICKS)) is Fate.APPLIED  # a bound of each topic
    assert deduplicator.admit(event(full + 2, happened=25, appended=25)) is Fate.APPLIED


def test_an_id_is_kept_while_older_messages_may_still_come_from_other_partitions() -> None:
    deduplicator = Deduplicator()
    at_hour = [int((START + hours * HOUR).timestamp() * 1000) for hours in range(60)]
    assert deduplicator.admit(event(5, "same"), 0) is Fate.APPLIED
    assert deduplicator.admit(event(6, happened=30, appended=30), at_hour[1]) is Fate.APPLIED
    assert deduplicator.admit(event(7, "same", appended=2), at_hour[1]) is Fate.DUPLICATE  # a copy that was moved


def test_a_copy_that_comes_after_its_id_was_forgotten_is_refused_and_not_counted_twice() -> None:
    """For example one that another worker group has moved a day later, or one with a forged time."""
    deduplicator = Deduplicator()
    assert fates(deduplicator, event(5, "same"), event(6, happened=30, appended=30))[1] is Fate.APPLIED
    again = Deduplicator.unpacked(deduplicator.packed())
    assert fates(again, event(7, "same", appended=2), event(8, "other", happened=7)) == [Fate.TOO_OLD, Fate.APPLIED]
