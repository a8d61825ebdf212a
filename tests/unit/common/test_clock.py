"""Time is an argument, and milliseconds mean the same moment on every machine."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.clock import FixedClock, SystemClock, from_ms, to_ms


def test_the_systems_clock_tells_utc_and_never_goes_back() -> None:
    clock = SystemClock()
    before, then = clock.monotonic(), clock.now()
    assert then.tzinfo is UTC
    assert abs(then.timestamp() - time.time()) < 5
    assert clock.monotonic() >= before


def test_a_fixed_clock_moves_only_by_hand() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    clock.advance(timedelta(hours=36))
    assert (clock.now(), clock.monotonic()) == (datetime(2026, 1, 2, 12, tzinfo=UTC), 129_600.0)


@given(st.integers(-(10**12), 10**13))
@settings(derandomize=True, deadline=None)
def test_milliseconds_come_back_as_they_went(ms: int) -> None:
    assert to_ms(from_ms(ms)) == ms


@pytest.mark.parametrize(("microseconds", "ms"), [(0, 0), (999, 0), (1000, 1), (1_999_999, 1999), (-1, -1)])
def test_milliseconds_are_rounded_down(microseconds: int, ms: int) -> None:
    assert to_ms(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)) == ms


def test_a_moment_is_the_same_in_every_zone() -> None:
    summer = timezone(timedelta(hours=2))
    assert to_ms(datetime(2026, 7, 1, 14, tzinfo=summer)) == to_ms(datetime(2026, 7, 1, 12, tzinfo=UTC))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        to_ms(datetime(2026, 7, 1, 14))  # noqa: DTZ001 - the mistake under test
