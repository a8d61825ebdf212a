"""Who is let in, and who is told to come back."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack

import pytest

from services.common.errors import Unavailable
from services.runtime.admission import LEAST, MORE, WAIT_S, Admission, Overloaded
from services.runtime.loop_lag import EVERY_S, LATE_S, LOOKS, LoopLag


def let_in(admission: Admission, stack: ExitStack, at_most: int) -> int:
    """How many of so many come in before one is refused."""
    for number in range(at_most):
        try:
            stack.enter_context(admission.admitted())
        except Overloaded:
            return number
    return at_most


def test_a_loop_on_time_lets_in_up_to_the_bound() -> None:
    with ExitStack() as stack:
        assert let_in(Admission("creative", 64, LoopLag()), stack, 100) == 64


def test_a_late_loop_lets_in_what_it_answers_in_a_short_while_and_a_little_more_when_it_is_on_time_again() -> None:
    for answers_per_look in (0, 2, 4):
        lag = LoopLag()
        admission = Admission("creative", 64, lag)
        for _ in range(200):
            with ExitStack() as stack:
                let_in(admission, stack, answers_per_look)
            lag.saw(LATE_S + 1e-9)
        with ExitStack() as stack:
            expected = max(LEAST, round(answers_per_look / (EVERY_S + LATE_S) * WAIT_S))
            assert let_in(admission, stack, 100) == expected
            lag.saw(0.0)
            assert let_in(admission, stack, 100) == MORE
            for _ in range(100):
                lag.saw(0.0)
            assert let_in(admission, stack, 100) == 64 - expected - MORE


def test_who_has_no_time_left_is_not_let_in_and_less_so_where_the_loop_is_late() -> None:
    lag = LoopLag()
    admission = Admission("creative", 64, lag)
    for remaining_s in (None, 0.01, 60.0):
        admission.enter(remaining_s)
    with pytest.raises(Overloaded, match="its time was over"):
        admission.enter(0.0)
    for _ in range(LOOKS):
        lag.saw(2 * LATE_S)
    admission.enter(0.05)
    with pytest.raises(Overloaded, match="its time was over"):
        admission.enter(0.01)


def test_who_leaves_makes_room() -> None:
    admission = Admission("creative", 2, LoopLag())
    with admission.admitted(), admission.admitted(), pytest.raises(Overloaded):
        admission.check()
    admission.check()


def test_a_process_that_leaves_sends_everybody_elsewhere() -> None:
    admission = Admission("creative", 64, LoopLag())
    admission.close()
    with pytest.raises(Unavailable, match="creative"):
        admission.enter()


def test_one_long_step_does_not_make_a_loop_late() -> None:
    lag = LoopLag()
    for lateness_s in (0.0, 0.0, 0.3, 0.0, 0.0, 0.0):
        lag.saw(lateness_s)
        assert not lag.is_late()


@pytest.mark.asyncio
async def test_a_loop_that_is_kept_busy_is_late_and_one_that_waits_is_not() -> None:
    lag = LoopLag()
    lag.start()
    await asyncio.sleep(20 * EVERY_S)
    until, was_late = time.monotonic() + 3.0, False
    while not was_late and time.monotonic() < until:
        time.sleep(4 * LATE_S + EVERY_S)  # a step that computes
        await asyncio.sleep(0)
        was_late = lag.is_late()
    assert was_late
    lag.stop()
    assert not lag.is_late()


def test_who_was_told_to_come_in_counts_for_others_only_while_the_loop_is_late() -> None:
    lag = LoopLag()
    admission = Admission("creative", 2, lag)
    for _ in range(2):
        admission.come()
    admission.check()  # on time: whoever only begins to come is in nobody's way
    for _ in range(LOOKS):
        lag.saw(LATE_S + 1e-9)
    with pytest.raises(Overloaded):
        admission.check()
    admission.enter()  # who is here comes before who is on the way
    admission.leave()
    admission.came()
    admission.check()
