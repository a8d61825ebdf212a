"""The counters of campaigns in Redis: one hash and one set of clicks a campaign, changed by scripts in one step."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from services.assets.campaigns.ports import Ask, Counts
from services.assets.campaigns.spending.cap_names import seen_key, short_name
from services.common.errors import Unavailable

PART: Final = "redis"
_CONNECT_S, _ANSWER_S = 1.0, 1.0  # the thread of the leases waits, no request does
_PREFIX: Final = "adloom:campaigns:"
_SINCE: Final = f"{_PREFIX}since"
_CLICKS_READ: Final = f"{_PREFIX}clicks-read"
_LEADER: Final = f"{_PREFIX}clicks-leader"
_KEPT_S: Final = 400 * 24 * 3600
"""Counters of campaigns that nobody serves any more are forgotten after so long."""

_ASK: Final = """
local granted = redis.call('HGET', KEYS[1], 'granted')
if not granted then return {-1, 0, 0} end
local more = math.max(math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - tonumber(granted)), 0)
redis.call('HINCRBY', KEYS[1], 'granted', string.format('%d', more + tonumber(ARGV[4])))
local served = redis.call('HINCRBY', KEYS[1], 'served', string.format('%d', tonumber(ARGV[3]) + tonumber(ARGV[4])))
redis.call('EXPIRE', KEYS[1], ARGV[5])
return {more, served, redis.call('SCARD', KEYS[2])}
"""

_BEGIN: Final = """
if redis.call('HSETNX', KEYS[1], 'granted', ARGV[1]) == 1 then redis.call('HSET', KEYS[1], 'served', ARGV[1]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""

_GIVE_BACK: Final = """
if redis.call('HEXISTS', KEYS[1], 'granted') == 1 then redis.call('HINCRBY', KEYS[1], 'granted', -tonumber(ARGV[1])) end
"""

_LEAD: Final = """
local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""


class RedisCounters:
    """The `Counters` of all replicas, and their clicks; safe to share between threads."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._redis: Any = Redis(  # its annotations say that every answer may be awaitable
            host=host.strip("[]"),
            port=int(port),
            socket_connect_timeout=_CONNECT_S,
            socket_timeout=_ANSWER_S,
            retry=Retry(NoBackoff(), 0),
        )
        self._ask, self._begin, self._give_back, self._lead = (
            self._redis.register_script(script) for script in (_ASK, _BEGIN, _GIVE_BACK, _LEAD)
        )

    def ask(self, asks: Sequence[Ask]) -> Mapping[str, Counts]:
        """See `Counters.ask`."""
        if not asks:
            return {}
        with _translated(), self._redis.pipeline(transaction=False) as pipe:
            for ask in asks:
                numbers = (ask.want, ask.allowed, ask.leased, ask.free, _KEPT_S)
                self._ask(keys=[_hash(ask.counter), _clicks(ask.counter)], args=numbers, client=pipe)
            found: list[list[int]] = pipe.execute()
        return {ask.counter: Counts(*one) for ask, one in zip(asks, found, strict=True) if one[0] >= 0}

    def give_back(self, unspent: Mapping[str, int]) -> None:
        """See `Counters.give_back`."""
        with _translated(), self._redis.pipeline(transaction=False) as pipe:
            for counter, impressions in unspent.items():
                self._give_back(keys=[_hash(counter)], args=[impressions], client=pipe)
            pipe.execute()

    def age_s(self) -> float:
        """See `Counters.age_s`."""
        with _translated():
            seconds, micros = self._redis.time()
            now = float(seconds + micros / 1e6)
            self._redis.set(_SINCE, now, nx=True)
            return now - float(self._redis.get(_SINCE) or now)

    def begin(self, counter: str, impressions: int) -> None:
        """See `Counters.begin`."""
        with _translated():
            self._begin(keys=[_hash(counter)], args=[impressions, _KEPT_S])

    def counts(self, counters: Sequence[str]) -> dict[str, Counts]:
        """What the counters say; those that are not there say nothing. Grants nothing. May block; `Unavailable`."""
        with _translated(), self._redis.pipeline(transaction=False) as pipe:
            for counter in counters:
                pipe.hmget(_hash(counter), "granted", "served")
                pipe.scard(_clicks(counter))
            found: list[Any] = pipe.execute() if counters else []
        pairs = zip(counters, found[::2], found[1::2], strict=True)
        return {
            name: Counts(int(hashed[0]), int(hashed[1] or 0), clicks) for name, hashed, clicks in pairs if hashed[0]
        }

    def forget(self, counter: str) -> None:
        """Removes the counters of a campaign that is gone. May block; `Unavailable`."""
        with _translated():
            self._redis.delete(_hash(counter), _clicks(counter))

    def seen_ms(self, user_id: str, campaign_id: str) -> list[int]:
        """When the shopper saw the campaign, as `redis_caps.py` counts it. May block; `Unavailable`."""
        begins = f"{short_name(campaign_id)}|".encode()
        with _translated():
            found = self._redis.zrange(seen_key(user_id), 0, -1, withscores=True)
            return [int(at) for member, at in found if member.startswith(begins)]

    def lead(self, name: str, for_ms: int) -> bool:
        """Whether the process `name` reads the clicks for all, for so long from now. May block; `Unavailable`."""
        with _translated():
            return bool(self._lead(keys=[_LEADER], args=[name, for_ms]))

    def clicks_read(self) -> dict[int, int]:
        """The next offset of `ad.outcomes` to be read, by partition. May block; `Unavailable`."""
        with _translated():
            found: dict[bytes, bytes] = self._redis.hgetall(_CLICKS_READ)
            return {int(partition): int(offset) for partition, offset in found.items()}

    def add_clicks(self, clicks: Mapping[str, Collection[bytes]], read: Mapping[int, int]) -> None:
        """Adds clicks by counter, each identified by some bytes: those that were added before count once; then how far
        `ad.outcomes` was read. May block; `Unavailable`."""
        with _translated(), self._redis.pipeline(transaction=True) as pipe:
            for counter, ids in clicks.items():
                pipe.sadd(_clicks(counter), *ids)
                pipe.expire(_clicks(counter), _KEPT_S)
            if read:
                pipe.hset(_CLICKS_READ, mapping={str(partition): offset for partition, offset in read.items()})
            pipe.execute()

    def close(self) -> None:
        """Closes the connections."""
        self._redis.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as exc:
        raise Unavailable(PART, f"the counters of campaigns did not answer ({exc!r})") from exc


def _hash(counter: str) -> str:
    return f"{_PREFIX}spent:{counter}"


def _clicks(counter: str) -> str:
    return f"{_PREFIX}clicks:{counter}"
