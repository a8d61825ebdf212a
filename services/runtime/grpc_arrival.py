"""A call begins with its message: who sends headers and no message, or half of one, is waited for and then told off.

gRPC's core hands over a call with its headers, and grpc.aio waits for the message for as long as the caller's
connection lives. Callers that say no more (a slow one, or one that means it) are here counted apart from requests:
each may take `PATIENCE_S`, and where more than `MOST` are waited for, the one that has been there longest makes room.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, Final

import grpc
from grpc._cython import cygrpc

PATIENCE_S: Final = 10.0
"""From a call's headers to the end of its first message: the largest one, 4 MiB, on a line of 4 Mbit/s."""

MOST: Final = 1024
"""Calls at a time whose message is waited for; far more than an event loop takes from the core in one turn."""

_LOOK_S: Final = 0.5
_LATE: Final = grpc.StatusCode.DEADLINE_EXCEEDED
WITHOUT: Final = (grpc.StatusCode.INVALID_ARGUMENT, "the call ended without a message")
"""How a call ends that its caller has ended before it said anything."""

Context = Any  # grpc.aio.ServicerContext; grpc ships no types
Act = Callable[[Any, Context], Awaitable[Any]]
End = Callable[[grpc.StatusCode, str], Coroutine[Any, Any, None]]


class Arrivals(grpc.aio.ServerInterceptor):  # type: ignore[misc]  # grpc ships no types
    """Calls of one server whose first message is on its way; belongs to one event loop."""

    def __init__(self, patience_s: float = PATIENCE_S, most: int = MOST) -> None:
        self._patience_s = patience_s
        self._most = most
        self._expected: dict[object, tuple[float, End]] = {}  # the oldest first, by when they came
        self._looking: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._bounded: dict[str, grpc.RpcMethodHandler] = {}

    @property
    def waited_for(self) -> int:
        """Calls whose first message is on its way."""
        return len(self._expected)

    async def intercept_service(self, continuation: Callable[[Any], Awaitable[Any]], details: Any) -> Any:
        """The method's handler, which waits no longer than it may."""
        found = self._bounded.get(details.method)
        if found is None:
            handler = await continuation(details)
            if handler is None:
                return None  # there is no such method; names of strangers are not remembered
            found = self._bounded[details.method] = self.bounded(handler)
        return found

    def bounded(self, handler: grpc.RpcMethodHandler) -> grpc.RpcMethodHandler:
        """The same method, whose first message must arrive in time.

        To grpc.aio it takes a stream of requests, because it reads those when it is asked to; on the wire there is no
        difference.
        """
        codecs = handler.request_deserializer, handler.response_serializer
        if handler.response_streaming:
            return grpc.stream_stream_rpc_method_handler(self._streaming(handler), *codecs)
        if handler.request_streaming:
            raise NotImplementedError("a stream of requests with one answer: no service of ours has it")
        return grpc.stream_unary_rpc_method_handler(self._unary(handler.unary_unary), *codecs)

    def _unary(self, act: Act) -> Act:
        async def call(_: Any, context: Context) -> Any:
            return await act(await self._only(context), context)

        return call

    def _streaming(self, handler: grpc.RpcMethodHandler) -> Act:
        """Later messages of a stream may take as long as they like: a client of health or reflection stays."""
        act = handler.stream_stream or handler.unary_stream

        async def call(_: Any, context: Context) -> None:
            if handler.request_streaming:
                answers = act(_messages(await self._first(context), context), context)
            else:
                answers = act(await self._only(context), context)
            if inspect.isasyncgen(answers):
                async for answer in answers:
                    await context.write(answer)
            else:
                await answers  # it writes by itself

        return call

    async def _only(self, context: Context) -> Any:
        """The message of a call that has one; the call ends where it does not come."""
        message = await self._first(context)
        if message is grpc.aio.EOF:
            await _end(context, *WITHOUT)
            raise asyncio.CancelledError  # what ends a call whose caller has heard all, or has gone
        return message

    async def _first(self, context: Context) -> Any:
        """The first message of a call, or EOF; the call ends where neither comes in time."""
        self.expect(context, functools.partial(_end, context))
        try:
            return await context.read()
        finally:
            self.came(context)

    def expect(self, call: object, end: End) -> None:
        """The first message of `call` is waited for from now on; where it does not come in time, `end` is called."""
        loop = asyncio.get_running_loop()
        self._expected[call] = loop.time(), end
        if len(self._expected) > self._most:
            self._end_oldest(loop)
        if self._looking is None:
            self._looking = loop.call_later(_LOOK_S, self._look, loop)

    def came(self, call: object) -> bool:
        """What was expected of `call` is there; whether it was still waited for."""
        return self._expected.pop(call, None) is not None

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._expected and next(iter(self._expected.values()))[0] < loop.time() - self._patience_s:
            self._end_oldest(loop)
        self._looking = loop.call_later(_LOOK_S, self._look, loop) if self._expected else None

    def _end_oldest(self, loop: asyncio.AbstractEventLoop) -> None:
        since, end = self._expected.pop(next(iter(self._expected)))
        waited_s = loop.time() - since
        ending = loop.create_task(end(_LATE, f"no message followed the call's headers in {waited_s:.1f} s"))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)


async def _end(context: Context, code: grpc.StatusCode, why: str) -> None:
    """Tells the caller, if it is still there, why its call ends; who waits for its message gets the `AbortError`."""
    with suppress(grpc.aio.AbortError, cygrpc.ExecuteBatchError):
        await context.abort(code, why)


async def _messages(first: Any, context: Context) -> AsyncIterator[Any]:
    """The first and all that follow."""
    message = first
    while message is not grpc.aio.EOF:
        yield message
        message = await context.read()
