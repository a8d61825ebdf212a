"""Drills wait no longer than they are told, and judge what they saw last where it was never enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from services.common.errors import Unavailable
from services.tools.drills.oracle.whole_log import unread
from services.tools.drills.waiting import Still, answered, seen_when, until


def looks(*answers: int | Unavailable) -> Callable[[], int]:
    """A look that gives these in turn, and the last one ever after."""
    left: Iterator[int | Unavailable] = iter(answers)
    last = answers[-1]

    def look() -> int:
        found = next(left, last)
        if isinstance(found, Unavailable):
            raise found
        return found

    return look


AWAY = Unavailable("kafka", "it is away")


def test_waiting_says_how_long_it_took_or_what_did_not_come() -> None:
    assert until("two", looks(0, 0, 2), look_s=0.01) >= 0.02
    with pytest.raises(Unavailable, match="waited 0 s in vain for this: the flood"):
        until("the flood", lambda: False, within_s=0.0, look_s=0.01)


def test_the_first_look_that_is_enough_is_what_was_seen() -> None:
    assert seen_when(lambda seen: seen > 1, looks(0, 1, 2, 3), within_s=10.0, look_s=0.001) == 2


def test_a_part_that_is_away_for_a_while_is_looked_at_again() -> None:
    assert seen_when(lambda seen: seen > 1, looks(AWAY, 1, AWAY, 5), within_s=10.0, look_s=0.001) == 5


def test_what_was_never_enough_is_given_as_it_was_last() -> None:
    assert seen_when(lambda seen: seen > 5, looks(1, 2), within_s=0.02, look_s=0.001) == 2


def test_what_was_seen_before_a_part_went_away_is_not_judged() -> None:
    with pytest.raises(Unavailable, match="it is away"):
        seen_when(lambda seen: seen > 5, looks(1, 2, AWAY), within_s=0.02, look_s=0.001)


def test_what_has_stopped_moving_is_not_waited_for() -> None:
    began = time.monotonic()
    still: Still[int] = Still(lambda seen: seen, 0.05)
    assert seen_when(lambda seen: seen > 5, looks(1, AWAY, 2), within_s=60.0, look_s=0.001, still=still) == 2
    assert 0.05 <= time.monotonic() - began < 30.0


def test_what_is_seen_need_not_be_comparable() -> None:
    arrays = iter([np.zeros(2), np.zeros(2), np.ones(2)])
    assert seen_when(lambda seen: seen.all(), lambda: next(arrays), within_s=10.0, look_s=0.001).all()


def test_where_nothing_was_ever_seen_nothing_can_be_judged() -> None:
    with pytest.raises(Unavailable, match="it is away"):
        seen_when(bool, looks(AWAY), within_s=0.02, look_s=0.001)


def test_what_cannot_be_looked_at_does_not_hold_yet() -> None:
    assert until("one", looks(AWAY, AWAY, 1), look_s=0.01) >= 0.02
    with pytest.raises(Unavailable, match="this: the flood; kafka is unavailable: it is away"):
        until("the flood", looks(AWAY), within_s=0.0, look_s=0.01)


def test_a_part_that_is_slow_to_answer_is_asked_again() -> None:
    assert answered(looks(AWAY, 0, 1), within_s=10.0) == 0
    with pytest.raises(Unavailable, match="it is away"):
        answered(looks(AWAY), within_s=0.0)


def test_what_a_broker_does_not_tell_is_not_known_yet() -> None:
    with pytest.raises(Unavailable, match="kafka"):
        unread("127.0.0.1:1", "profiles", timeout_s=0.1)
