"""No partition decides for a time while a message of that time may still be moved to it."""

from __future__ import annotations

from services.wire.codec.envelope import TopicPartition
from services.wire.faust.group_progress import GroupProgress

OURS, THEIRS = ("clicks", 0), ("clicks", 1)


def offsets(ours: int, theirs: int) -> dict[TopicPartition, int]:
    return {OURS: ours, THEIRS: theirs}


def group() -> GroupProgress:
    made = GroupProgress(["clicks"])
    assert made.begin([0]) == {0: 0}
    return made


def test_another_workers_unread_messages_hold_our_partition() -> None:
    made = group()
    for second in range(1, 9):
        assert made.note(offsets(3, 7), 1_000 * second, offsets(3, 6)) == {0: 0}
    assert made.slowest() == (1, 0)
    assert made.note(offsets(3, 7), 9_000, offsets(3, 7)) == {0: 0}
    assert made.note(offsets(3, 7), 10_000, offsets(3, 7)) == {0: 8_999}


def test_what_they_have_moved_is_read_before_anything_is_decided() -> None:
    made = group()
    made.note(offsets(3, 7), 1_000, offsets(3, 7))
    assert made.note(offsets(4, 7), 2_000, offsets(3, 7)) == {0: 0}  # moved to ours between the two
    assert made.note(offsets(4, 7), 3_000, offsets(4, 7)) == {0: 999}


def test_inputs_that_are_never_read_to_their_ends_do_not_stop_time() -> None:
    made, reached = group(), 0
    for second in range(1, 60):
        end, done = offsets(10 * second, 10 * second), offsets(10 * second - 3, 10 * second - 3)
        after = made.note(end, 1_000 * second, done)[0]
        assert reached <= after < 1_000 * second
        reached = after
    assert reached >= 54_000  # the last second but a few


def test_a_partition_that_changes_hands_counts_on() -> None:
    made = group()
    made.note(offsets(3, 7), 1_000, offsets(3, 7))
    assert made.begin([0, 1]) == {0: 0, 1: 0}
    assert made.note(offsets(3, 7), 2_000, offsets(3, 5)) == {0: 999, 1: 0}  # read before, and not committed yet
    assert made.note(offsets(3, 7), 3_000, offsets(3, 7)) == {0: 1_999, 1: 1_999}
