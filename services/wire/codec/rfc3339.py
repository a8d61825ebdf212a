"""Parses and writes RFC 3339 timestamps; parsing is strict and raises nothing but ValueError."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_FORM = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:(?P<second>\d\d)(?P<fraction>\.\d+)?([Zz]|[+-]\d\d:[0-5]\d)", re.ASCII
)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


def parse(text: str) -> datetime:
    """The time that `text` names, in UTC and whole microseconds (finer digits are cut off).

    A leap second is read as the second after it. An offset can move a time before year 1 or after year 9999 in UTC;
    such a time becomes the earliest or the latest one. Raises ValueError for anything that is not RFC 3339.

    >>> parse("2026-01-01T01:00:00.5+01:00").isoformat(), parse("2016-12-31T23:59:60Z").isoformat()
    ('2026-01-01T00:00:00.500000+00:00', '2017-01-01T00:00:00+00:00')
    >>> parse("2026-01-01t01:00:00z") == parse("2026-01-01T01:00:00Z")
    True
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"not RFC 3339: {text!r}")
    leap = form["second"] == "60"
    if leap:
        start = form.start("second")
        text = f"{text[:start]}59{text[start + 2 :]}"
    local = datetime.fromisoformat(f"{text[:-1]}Z" if text[-1] == "z" else text)
    if local.tzinfo is UTC and not leap:
        return local
    try:
        moment = local.astimezone(UTC)
        return moment + timedelta(seconds=1) if leap else moment
    except OverflowError:
        return _EARLIEST if local.year == 1 else _LATEST


def text(moment: datetime) -> str:
    """`moment` as RFC 3339 in UTC with microseconds; raises ValueError for a time without a zone.

    >>> text(datetime(2026, 1, 1, tzinfo=UTC))
    '2026-01-01T00:00:00.000000Z'
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
