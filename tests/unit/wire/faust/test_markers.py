"""Transactions' markers are passed over as they are met: they hide no message, and hold nothing back."""

from __future__ import annotations

from services.wire.faust.markers import Markers
from services.wire.faust.watermark import Watermarks

VIEWS, CLICKS = ("views", 0), ("clicks", 0)


def markers(*noted: tuple[tuple[str, int], int]) -> Markers:
    made = Markers(["views", "clicks"])
    for tp, offset in noted:
        made.note(tp, offset, offset + 1)
    return made


def test_a_gap_of_markers_alone_needs_no_look() -> None:
    made = markers((VIEWS, 3), (VIEWS, 4), (CLICKS, 3))
    assert made.without([(VIEWS, 3, 5), (CLICKS, 3, 4)]) == []


def test_a_gap_that_may_hold_a_message_is_looked_into_from_there_on() -> None:
    made = markers((VIEWS, 3), (VIEWS, 5))
    assert made.without([(VIEWS, 3, 6), (VIEWS, 7, 8)]) == [(VIEWS, 4, 6), (VIEWS, 7, 8)]


def test_an_input_goes_on_behind_the_markers_that_come_next_and_no_further() -> None:
    made = markers((VIEWS, 3), (VIEWS, 4), (VIEWS, 6), (CLICKS, 9))
    assert made.behind({VIEWS: 3, CLICKS: 8}) == {VIEWS: 5}


def test_markers_of_topics_that_are_not_read_are_not_kept() -> None:
    made = markers((("changelog", 0), 3))
    assert made.without([(("changelog", 0), 3, 4)]) == [(("changelog", 0), 3, 4)]


def test_what_lies_behind_us_or_belongs_to_others_is_forgotten() -> None:
    made = markers((VIEWS, 3), (VIEWS, 8), (CLICKS, 3))
    made.forget({VIEWS: 5})
    assert made.without([(VIEWS, 3, 4), (VIEWS, 8, 9), (CLICKS, 3, 4)]) == [(VIEWS, 3, 4), (CLICKS, 3, 4)]


def test_an_input_that_grows_by_markers_all_the_time_holds_no_window_open() -> None:
    marks = Watermarks(["views", "clicks"])
    marks.begin({VIEWS: 0, CLICKS: 0})
    for second in range(1, 10):
        # Whenever the broker is asked where the clicks end, they end one further than we have come.
        marks.ends({VIEWS: 0, CLICKS: second}, asked_ms=1_000 * second)
        marks.nothing_before(CLICKS, second)
        assert marks.of(0) == 1_000 * second - 1


def test_an_end_counts_only_when_all_before_it_is_processed() -> None:
    marks = Watermarks(["views"])
    marks.begin({VIEWS: 0})
    marks.ends({VIEWS: 2}, asked_ms=9_000)
    marks.processed("views", 0, 0, 5_000)
    assert marks.of(0) == 4_999
    marks.ends({VIEWS: 4}, asked_ms=12_000)  # a later question does not put the earlier one off
    marks.processed("views", 0, 1, 6_000)
    assert marks.of(0) == 8_999


def test_an_end_told_before_the_partition_came_back_is_forgotten() -> None:
    marks = Watermarks(["views"])
    marks.begin({VIEWS: 0})
    marks.ends({VIEWS: 2}, asked_ms=9_000)
    marks.end(0)
    marks.begin({VIEWS: 2})
    assert marks.of(0) == 0
    marks.processed("views", 0, 2, 5_000)
    assert marks.of(0) == 4_999
