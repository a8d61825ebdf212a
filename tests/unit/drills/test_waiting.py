"""Drills wait within their time limits, and return the last result where none was enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from services.common.errors import Unavailable
from services.tools.drills.oracle.whole_log import unread
from services.tools.drills.waiting import Still, answered, seen_when, until


def looks(*answers: int | Unavailable) -> Callable[[], int]:
    """A function that returns or raises these in turn, and then always the last one."""
    left: Iterator[int | Unavailable] = iter(answers)
    last = answers[-1]

    def look() -> int:
        found = next(left, last)
        if isinstance(found, Unavailable):
            raise found
        return found

    return look


AWAY = Unavailable("kafka", "it is away")


def test_until_returns_the_seconds_or_names_what_did_not_happen() -> None:
    assert until("two", looks(0, 0, 2), look_s=0.01) >= 0.02
    with pytest.raises(Unavailable, match="waited 0 s in vain for this: the flood"):
        until("the flood", lambda: False, within_s=0.0, look_s=0.01)


def test_the_first_result_that_is_enough_is_returned() -> None:
    assert seen_when(lambda seen: seen > 1, looks(0, 1, 2, 3), within_s=10.0, look_s=0.001) == 2


def test_a_part_that_is_away_for_a_while_is_read_again() -> None:
    assert seen_when(lambda seen: seen > 1, looks(AWAY, 1, AWAY, 5), within_s=10.0, look_s=0.001) == 5


def test_a_result_that_is_never_enough_is_returned_as_it_was_last() -> None:
    assert seen_when(lambda seen: seen > 5, looks(1, 2), within_s=0.02, look_s=0.001) == 2


def test_results_from_before_a_part_went_away_are_not_returned() -> None:
    with pytest.raises(Unavailable, match="it is away"):
        seen_when(lambda seen: seen > 5, looks(1, 2, AWAY), within_s=0.02, look_s=0.001)


def test_a_result_that_stays_still_is_not_waited_for() -> None:
    began = time.monotonic()
    still: Still[int] = Still(lambda seen: seen, 0.05)
    assert seen_when(lambda seen: seen > 5, looks(1, AWAY, 2), within_s=60.0, look_s=0.001, still=still) == 2
    assert 0.05 <= time.monotonic() - began < 30.0


def test_results_need_not_be_comparable() -> None:
    arrays = iter([np.zeros(2), np.zeros(2), np.ones(2)])
    assert seen_when(lambda seen: seen.all(), lambda: next(arrays), within_s=10.0, look_s=0.001).all()


def test_waiting_raises_where_no_result_was_ever_read() -> None:
    with pytest.raises(Unavailable, match="it is away"):
        seen_when(bool, looks(AWAY), within_s=0.02, look_s=0.001)


def test_a_condition_of_a_part_that_is_away_does_not_hold_yet() -> None:
    assert until("one", looks(AWAY, AWAY, 1), look_s=0.01) >= 0.02
    with pytest.raises(Unavailable, match="this: the flood; kafka is unavailable: it is away"):
        until("the flood", looks(AWAY), within_s=0.0, look_s=0.01)


def test_a_part_that_is_slow_to_answer_is_read_again() -> None:
    assert answered(looks(AWAY, 0, 1), within_s=10.0) == 0
    with pytest.raises(Unavailable, match="it is away"):
        answered(looks(AWAY), within_s=0.0)


def test_the_lag_of_a_broker_that_is_down_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="kafka"):
        unread("127.0.0.1:1", "profiles", timeout_s=0.1)
