"""Deduplicates requests: a repeat gets the first one's answer from this process, also while that is being made."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from protos.gen.adloom.creative.v1.creative_service_pb2 import SelectCreativesResponse
from services.common.clock import Clock
from services.creative.time_budget import TimeBudget

KEPT_S = 3600.0
"""How long an answer is given again, well below the LIFETIME of its tokens: a click on it must still count."""

Make = Callable[[TimeBudget], Awaitable[SelectCreativesResponse]]
Valid = Callable[[SelectCreativesResponse], bool]


class _Failed(Exception):
    """Making the answer failed with `error`, or its caller left (None); a repeat of the request makes it again."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__()
        self.error = error


@dataclass(slots=True, eq=False)
class _Entry:
    begun_s: float  # by the monotonic clock
    answer: asyncio.Future[SelectCreativesResponse]
    work: asyncio.Task[None] | None = None
    hurried: bool = False


class Answers:
    """An LRU cache of answers by request, each for an hour (`KEPT_S`); belongs to one event loop.

    Only an equal request is a repeat: a different request with a used request id gets an answer of its own and does not
    replace the other. The key is a digest, because a request may be a thousand times longer.
    """

    def __init__(self, clock: Clock, valid: Valid, most: int = 8192, most_bytes: int = 64 << 20) -> None:
        """An answer that is no longer `valid`, because its ad has ended, is not given again."""
        self._clock = clock
        self._valid = valid
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    async def once(self, key: str, limits: TimeBudget, make: Make) -> SelectCreativesResponse:
        """The cached answer, or the one being made, or a new one from `make`; raises the error of `make`.

        A repeat may have an earlier deadline than the first request. It can neither wait longer (law 1) nor get an
        answer of its own: one request would have two answers. So the earliest deadline of all waiting calls applies.
        When a repeat's time for scores is over, the running work is cancelled before anything is recorded, and run
        again at once on a lower rung. All waiting calls get this answer, and only it is recorded.
        """
        while (entry := self._kept(key)) is not None:
            self._entries.move_to_end(key)
            try:
                return await self._repeated(key, entry, limits, make)
            except _Failed:
                continue
        return await self._first(key, limits, make)

    def _kept(self, key: str) -> _Entry | None:
        """The answer, or the one being made; None, and forgotten, where it is too old or no longer valid."""
        entry = self._entries.get(key)
        if entry is None or not entry.answer.done():
            return entry
        young = self._clock.monotonic() - entry.begun_s < KEPT_S
        if young and (entry.answer.exception() is not None or self._valid(entry.answer.result())):
            return entry
        self._forget(key)
        return None

    async def _repeated(self, key: str, entry: _Entry, limits: TimeBudget, make: Make) -> SelectCreativesResponse:
        if not entry.answer.done():
            await asyncio.wait([entry.answer], timeout=max(limits.scored_by - self._clock.monotonic(), 0.0))
        if not entry.answer.done() and not entry.hurried:
            entry.hurried = True
            assert entry.work is not None
            entry.work.cancel()
            at_once = replace(limits, profile_by=limits.scored_by)  # both are over
            entry.work = asyncio.create_task(self._make(key, entry, at_once, make))
        return await asyncio.shield(entry.answer)

    async def _first(self, key: str, limits: TimeBudget, make: Make) -> SelectCreativesResponse:
        entry = self._entries[key] = _Entry(self._clock.monotonic(), asyncio.get_running_loop().create_future())
        entry.work = asyncio.create_task(self._make(key, entry, limits, make))
        try:
            return await asyncio.shield(entry.answer)
        except _Failed as failed:
            error = failed.error or failed
        except asyncio.CancelledError:
            if not entry.hurried and not entry.answer.done():
                entry.work.cancel()
                self._fail(key, entry, None)
            raise
        raise error

    async def _make(self, key: str, entry: _Entry, limits: TimeBudget, make: Make) -> None:
        try:
            answer = await make(limits)
        except Exception as error:  # raised again in the call that waits for the answer
            if entry.work is asyncio.current_task():
                self._fail(key, entry, error)
            return
        entry.answer.set_result(answer)
        if self._entries.get(key) is entry:
            self._bytes += answer.ByteSize()
        while len(self._entries) > self._most or self._bytes > self._most_bytes:
            self._forget(next(iter(self._entries)))

    def _fail(self, key: str, entry: _Entry, error: Exception | None) -> None:
        if self._entries.get(key) is entry:
            del self._entries[key]
        entry.answer.set_exception(_Failed(error))
        entry.answer.exception()  # retrieved, so that asyncio does not log it as never retrieved

    def _forget(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None and entry.answer.done() and entry.answer.exception() is None:
            self._bytes -= entry.answer.result().ByteSize()
