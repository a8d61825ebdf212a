"""How often shoppers have seen campaigns with caps, in Redis: one sorted set a shopper, by time.

A request asks and counts in one script, so all replicas together keep a cap; what it did not use is taken back.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import hiredis

from services.assets.campaigns.ports import CapAsk
from services.assets.campaigns.spending.cap_names import seen_key, short_name
from services.common.clock import Clock, SystemClock
from services.common.errors import Unavailable
from services.features.feast_client import Limits
from services.features.redis_pipe import RedisPipe
from services.runtime.breaker import Breaker

PART: Final = "redis"
_KEPT_MS: Final = 2_592_000_000
"""The longest window of a cap, as in the proto's rules."""

_RESERVE: Final = b"""
local now = tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[4]))
local seen = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local found, at = {}, 5
while at <= #ARGV do
  local begins = ARGV[at] .. '|'
  local left = tonumber(ARGV[3])
  local caps = tonumber(ARGV[at + 1])
  for cap = 1, caps do
    local most, since = tonumber(ARGV[at + 2 * cap]), now - tonumber(ARGV[at + 2 * cap + 1])
    local count = 0
    for i = 1, #seen, 2 do
      if string.sub(seen[i], 1, #begins) == begins and tonumber(seen[i + 1]) > since then count = count + 1 end
    end
    left = math.min(left, most - count)
  end
  left = math.max(left, 0)
  for i = 1, left do redis.call('ZADD', KEYS[1], now, begins .. ARGV[2] .. '|' .. i) end
  found[#found + 1] = left
  at = at + 2 + 2 * caps
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return found
"""
_RESERVE_SHA: Final = hashlib.sha1(_RESERVE, usedforsecurity=False).hexdigest().encode()


class RedisCaps:
    """The `SeenCampaigns` of all replicas; belongs to one event loop."""

    def __init__(self, address: str, clock: Clock | None = None, answer_s: float = 0.02) -> None:
        """A connection on which an answer takes longer than `answer_s` is closed."""
        self._clock = clock or SystemClock()
        self._breaker = Breaker(failures=3, open_s=0.5)
        self._redis = RedisPipe(address, Limits(connect_s=answer_s, answer_s=answer_s))
        self._settling: set[asyncio.Task[Any]] = set()

    async def reserve(self, asked: CapAsk, budget_s: float) -> Mapping[str, int]:
        """See `SeenCampaigns.reserve`."""
        if budget_s <= 0 or not self._breaker.may_try(self._clock.monotonic()):
            raise Unavailable(PART, "it failed a moment ago, or no time is left to ask it")
        try:
            async with asyncio.timeout(budget_s) as own:
                reply = await self._run(arguments_of(asked))
        except OSError as exc:  # TimeoutError too
            if not own.expired():
                self._breaker.failed(self._clock.monotonic())
            raise Unavailable(PART, f"no caps within {budget_s * 1000:.1f} ms ({exc!r})") from exc
        if isinstance(reply, hiredis.ReplyError):
            self._breaker.failed(self._clock.monotonic())
            raise Unavailable(PART, f"it refused to count ({reply})")
        self._breaker.succeeded()
        return dict(zip(asked.caps, reply, strict=True))

    def settle(self, asked: CapAsk, reserved: Mapping[str, int], used: Mapping[str, int]) -> None:
        """See `SeenCampaigns.settle`."""
        unused = [
            f"{short_name(campaign_id)}|{asked.ticket}|{number}".encode()
            for campaign_id, count in reserved.items()
            for number in range(used.get(campaign_id, 0) + 1, count + 1)
        ]
        if unused:
            task = asyncio.create_task(self._forget(seen_key(asked.user_id).encode(), unused))
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)

    def close(self) -> None:
        """Closes the connection."""
        self._redis.close()

    async def _run(self, arguments: list[bytes]) -> Any:
        reply = await self._redis.execute(b"EVALSHA", _RESERVE_SHA, *arguments)
        if isinstance(reply, hiredis.ReplyError) and str(reply).startswith("NOSCRIPT"):
            reply = await self._redis.execute(b"EVAL", _RESERVE, *arguments)
        return reply

    async def _forget(self, key: bytes, members: list[bytes]) -> None:
        with suppress(OSError):  # then too much is counted: the caps hold
            await self._redis.execute(b"ZREM", key, *members)


def arguments_of(asked: CapAsk) -> list[bytes]:
    """The script's keys and arguments: now, ticket, most, how long to keep; then each campaign with its caps."""
    words: list[object] = [1, seen_key(asked.user_id), asked.now_ms, asked.ticket, asked.most, _KEPT_MS]
    for campaign_id, caps in asked.caps.items():
        words += [short_name(campaign_id), len(caps)]
        words += [number for cap in caps for number in (cap.impressions, cap.within_ms)]
    return [str(word).encode() for word in words]
