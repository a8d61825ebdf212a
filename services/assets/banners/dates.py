"""From when until when an ad is served: moments with their offset from UTC, or days of UTC; pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from services.common.errors import Rejected


def start_of(text: str) -> datetime | None:
    """The first moment in which it is served; None where the text is empty.

    >>> start_of("2026-12-01").isoformat(), start_of("2026-12-01T00:00+01:00").isoformat()
    ('2026-12-01T00:00:00+00:00', '2026-11-30T23:00:00+00:00')
    """
    return _moment("starts", text, timedelta(0)) if text else None


def end_of(text: str) -> datetime | None:
    """The first moment in which it is served no more: after the day, where the text is a day.

    >>> end_of("2026-12-31").isoformat(), end_of("2026-12-31T12:00Z").isoformat()
    ('2027-01-01T00:00:00+00:00', '2026-12-31T12:00:00+00:00')
    """
    return _moment("ends", text, timedelta(days=1)) if text else None


def check_order(starts_at: datetime | None, ends_at: datetime | None) -> None:
    """Raises `Rejected` where it would end before it starts."""
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise Rejected("invalid", "ends", ends_at.isoformat(), f"a moment after its start, {starts_at.isoformat()},")


def _moment(field: str, text: str, after_day: timedelta) -> datetime:
    expected = "a day like 2026-12-31, or a moment with its offset like 2026-12-31T18:00+01:00,"
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC) + after_day
    except ValueError:
        pass
    except OverflowError as error:
        raise Rejected("invalid", field, text, expected) from error
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Rejected("invalid", field, text, expected) from error
    raise Rejected("invalid", field, text, expected)
