"""Segments of shoppers: by behaviour, and for new shoppers by what their request declares.

A segment is a name in reports, a category for models and the key of cold-start defaults: a shopper without a stored
profile gets the default profile of the segment, flagged.
"""

from __future__ import annotations

from datetime import datetime

from services.features.profile import HALF_LIFE_NAMES, Kind, Profile

SEGMENTS = (
    "buyer",  # bought within about two weeks
    "former_buyer",  # bought before that
    "deciding",  # clicked within about ten minutes
    "comparing",  # clicked within about a day
    "browsing",  # looked at several products within about a day
    "looking",  # looked at something, ever
    "new_searching",  # this one and the following are unknown shoppers; this one typed a query
    "new_phone",
    "new_tablet",
    "new_desktop",
    "new_unknown",
)

_SHORT, _DAY, _LONG = (HALF_LIFE_NAMES.index(name) for name in ("10m", "24h", "14d"))
_STILL_THERE = 0.5  # one event decays to this in one half-life
_SEVERAL_VIEWS = 3.0


def segment_of(profile: Profile, device: str, query: str, now: datetime) -> str:
    """The segment of a shopper at `now`: the first of SEGMENTS that fits.

    >>> from datetime import UTC
    >>> segment_of(Profile(), "phone", "", datetime(2026, 1, 1, tzinfo=UTC))
    'new_phone'
    """
    return _by_behaviour(profile, now) or _by_request(device, query)


def _by_behaviour(profile: Profile, now: datetime) -> str:
    if not profile.integer("decayed_us"):
        return ""
    sums = profile.decayed_to(now)
    rules = (
        ("buyer", sums[_LONG, Kind.ORDER] >= _STILL_THERE),
        ("former_buyer", profile.integer("last_order_us") > 0),
        ("deciding", sums[_SHORT, Kind.CLICK] >= _STILL_THERE),
        ("comparing", sums[_DAY, Kind.CLICK] >= _STILL_THERE),
        ("browsing", sums[_DAY, Kind.VIEW] >= _SEVERAL_VIEWS),
    )
    return next((name for name, fits in rules if fits), "looking")


def _by_request(device: str, query: str) -> str:
    if query:
        return "new_searching"
    return f"new_{device}" if device in ("phone", "tablet", "desktop") else "new_unknown"
