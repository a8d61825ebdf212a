"""A repeated request gets the same answer from the same process, also while the first is still being made."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from protos.gen.adloom.creative.v1.creative_service_pb2 import SelectCreativesResponse


class _Abandoned(Exception):
    """The first of several equal requests failed or was cancelled; the next one makes the answer."""


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    asked: bytes
    answer: asyncio.Future[SelectCreativesResponse]


class Answers:
    """Answers by request id, the least recently asked forgotten first; belongs to one event loop.

    Only an equal request is a repeat: another question under an id that was used gets an answer of its own.
    """

    def __init__(self, most: int = 8192, most_bytes: int = 64 << 20) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    async def once(
        self, request_id: str, asked: bytes, make: Callable[[], Awaitable[SelectCreativesResponse]]
    ) -> SelectCreativesResponse:
        """The answer given before, or the one being made, or a new one from `make`, whose error is raised."""
        while (entry := self._entries.get(request_id)) is not None and entry.asked == asked:
            self._entries.move_to_end(request_id)
            try:
                return await asyncio.shield(entry.answer)
            except _Abandoned:
                continue
        return await self._made(request_id, asked, make)

    async def _made(
        self, request_id: str, asked: bytes, make: Callable[[], Awaitable[SelectCreativesResponse]]
    ) -> SelectCreativesResponse:
        self._forget(request_id)
        entry = self._entries[request_id] = _Entry(asked, asyncio.get_running_loop().create_future())
        try:
            answer = await make()
        except BaseException:
            if self._entries.get(request_id) is entry:
                del self._entries[request_id]
            entry.answer.set_exception(_Abandoned())
            entry.answer.exception()  # asked for, so that a lone failure is not reported as forgotten
            raise
        entry.answer.set_result(answer)
        if self._entries.get(request_id) is entry:
            self._bytes += answer.ByteSize()
        while len(self._entries) > self._most or self._bytes > self._most_bytes:
            self._forget(next(iter(self._entries)))
        return answer

    def _forget(self, request_id: str) -> None:
        entry = self._entries.pop(request_id, None)
        if entry is not None and entry.answer.done() and entry.answer.exception() is None:
            self._bytes -= entry.answer.result().ByteSize()
