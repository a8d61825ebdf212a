"""Reads shoppers' profiles from Feast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import redis as redis_client

from services.common.errors import Unavailable

if TYPE_CHECKING:
    from services.features.profile import Profile

_AT_ONCE = 500


def profiles_of(redis: str, users: Sequence[str]) -> dict[str, Profile]:
    """The profile of each shopper who has one; raises `Unavailable`."""
    from services.features.feast_reader import FeastReader

    reader = FeastReader(redis, timeout_s=10.0)
    found: dict[str, Profile] = {}
    for some in _slices(users):
        found |= {user: one.profile for user, one in reader.read(some).items() if not one.default}
    return found


def row_count(redis: str) -> int:
    """How many shoppers have a row in Redis; raises `Unavailable`."""
    with redis_client.Redis.from_url(f"redis://{redis}", socket_timeout=10.0) as client:
        try:
            return sum(1 for _ in client.scan_iter(match=b"*user_id*", count=1000))  # the entity's name is in its key
        except redis_client.RedisError as exc:
            raise Unavailable("redis", f"its keys were not listed ({exc!r})") from exc


def views_of(redis: str, users: Sequence[str]) -> dict[str, int]:
    """How many views each of them has; empty while Redis is away."""
    try:
        found = profiles_of(redis, users)
    except Unavailable:
        return {}
    return {user: found[user].integer("views_total") if user in found else 0 for user in users}


def _slices(users: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(users), _AT_ONCE):
        yield users[start : start + _AT_ONCE]
