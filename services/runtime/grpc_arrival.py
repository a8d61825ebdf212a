"""Limits how long and for how many calls the server waits for the first message after the headers.

gRPC's core delivers a call with its headers, and grpc.aio waits for the message as long as the caller's connection
lives. Calls without a complete message, from slow or hostile callers, are counted here, apart from requests. Each call
may take `PATIENCE_S`. If more than `MOST` calls wait, the oldest one is ended.
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

from services.runtime.grpc_departure import Departures

PATIENCE_S: Final = 10.0
"""Longest time from a call's headers to the end of its first message: 4 MiB, the largest, take it at 4 Mbit/s."""

MOST: Final = 1024
"""Most calls that wait for their message at a time; far more than one iteration of the event loop accepts."""

_LOOK_S: Final = 0.5
_LATE: Final = grpc.StatusCode.DEADLINE_EXCEEDED
WITHOUT: Final = (grpc.StatusCode.INVALID_ARGUMENT, "the call ended without a message")
"""The status of a call that its caller half-closed without sending a message."""

Context = Any  # grpc.aio.ServicerContext; grpc ships no types
Act = Callable[[Any, Context], Awaitable[Any]]
End = Callable[[grpc.StatusCode, str], Coroutine[Any, Any, None]]


class Arrivals(grpc.aio.ServerInterceptor):  # type: ignore[misc]  # grpc ships no types
    """Tracks the calls of one server that wait for their first message; belongs to one event loop."""

    def __init__(self, patience_s: float = PATIENCE_S, most: int = MOST, departures: Departures | None = None) -> None:
        """`departures` counts the answers of the same server."""
        self.departures = departures or Departures()
        self._patience_s = patience_s
        self._most = most
        self._expected: dict[object, tuple[float, End]] = {}  # arrival time and end callback; oldest first
        self._looking: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._bounded: dict[str, grpc.RpcMethodHandler] = {}

    @property
    def waited_for(self) -> int:
        """How many calls wait for their first message."""
        return len(self._expected)

    async def intercept_service(self, continuation: Callable[[Any], Awaitable[Any]], details: Any) -> Any:
        """The method's handler, wrapped with the time limit."""
        found = self._bounded.get(details.method)
        if found is None:
            handler = await continuation(details)
            if handler is None:
                return None  # no such method; unknown names are not cached, as callers could send any number
            found = self._bounded[details.method] = self.bounded(handler)
        return found

    def bounded(self, handler: grpc.RpcMethodHandler) -> grpc.RpcMethodHandler:
        """The same method with a time limit on its first message.

        It is registered as a method with a stream of requests, because grpc.aio then leaves reading to the handler; on
        the wire there is no difference.
        """
        if handler.response_streaming:
            codecs = handler.request_deserializer, handler.response_serializer
            return grpc.stream_stream_rpc_method_handler(self._streaming(handler), *codecs)
        if handler.request_streaming:
            raise NotImplementedError("a stream of requests with one answer: no service of ours has it")
        return grpc.stream_unary_rpc_method_handler(self._unary(handler), handler.request_deserializer)

    def _unary(self, handler: grpc.RpcMethodHandler) -> Act:
        async def call(_: Any, context: Context) -> bytes:
            answer = await handler.unary_unary(await self._only(context), context)
            return self.departures.depart(encoded(handler, answer), context)

        return call

    def _streaming(self, handler: grpc.RpcMethodHandler) -> Act:
        """Wraps a streaming method; later messages have no limit, as health and reflection clients stay connected."""
        act = handler.stream_stream or handler.unary_stream

        async def call(_: Any, context: Context) -> None:
            if handler.request_streaming:
                answers = act(_messages(await self._first(context), context), context)
            else:
                answers = act(await self._only(context), context)
            if inspect.isasyncgen(answers):
                async for answer in answers:
                    with self.departures.waiting(len(encoded(handler, answer)), context):
                        await context.write(answer)
            else:
                await answers  # the method writes its answers itself

        return call

    async def _only(self, context: Context) -> Any:
        """The only message of a unary call; ends the call if none arrives."""
        message = await self._first(context)
        if message is grpc.aio.EOF:
            await _end(context, *WITHOUT)
            raise asyncio.CancelledError  # ends the handler; the caller has its status, or is gone
        return message

    async def _first(self, context: Context) -> Any:
        """The first message of a call, or EOF; ends the call if neither arrives in time."""
        self.expect(context, functools.partial(_end, context))
        try:
            return await context.read()
        finally:
            self.came(context)

    def expect(self, call: object, end: End) -> None:
        """Starts the time limit for the first message of `call`; if it does not arrive in time, `end` is called."""
        loop = asyncio.get_running_loop()
        self._expected[call] = loop.time(), end
        if len(self._expected) > self._most:
            self._end_oldest(loop)
        if self._looking is None:
            self._looking = loop.call_later(_LOOK_S, self._look, loop)

    def came(self, call: object) -> bool:
        """Stops the time limit of `call`; returns whether the call was still being waited for."""
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


def encoded(handler: grpc.RpcMethodHandler, answer: Any) -> bytes:
    """The answer's bytes, as the handler's serializer makes them."""
    encode = handler.response_serializer
    data: bytes = encode(answer) if encode else answer
    return data


async def _end(context: Context, code: grpc.StatusCode, why: str) -> None:
    """Aborts the call with a status, if the caller is still connected; the pending read gets the `AbortError`."""
    with suppress(grpc.aio.AbortError, cygrpc.ExecuteBatchError):
        await context.abort(code, why)


async def _messages(first: Any, context: Context) -> AsyncIterator[Any]:
    """The first message and all later ones."""
    message = first
    while message is not grpc.aio.EOF:
        yield message
        message = await context.read()
