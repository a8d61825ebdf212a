"""Takes a method's calls from gRPC's core as fast as they come, and refuses there what the process cannot answer.

grpc.aio asks its core for the next call of a method only when it has the last one, and needs about five turns of the
event loop for each. A loop that computes has few turns, so that calls pile up in the core, unseen, until their
deadlines are over, while the process works on dead ones: with answers of 1.5 ms and a little more load than capacity,
one call in ten was answered and none refused. Here many requests for a call lie in the core at once. Where all places
are taken a refusal is one message, sent before the call's own is read; a place is taken by a call whose message has
arrived (`grpc_arrival.py`), so that who only begins calls keeps nobody out.

Stands on names of grpcio that are not public; `tests/unit/runtime/test_grpc_accept.py` holds it to the version that
is locked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final

import grpc
from grpc._cython import cygrpc

from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.runtime.admission import PUSHBACK, Admission, Overloaded
from services.runtime.grpc_arrival import WITHOUT, Arrivals

AT_ONCE: Final = 128
"""Calls that can be taken in one turn of the loop; one more costs a few hundred bytes."""

Metadata = tuple[tuple[str, str], ...]
Refusal = tuple[grpc.StatusCode, str, Metadata]


class LoadSheddingServer:
    """A `grpc.aio.Server` whose busiest methods are taken from the core many at a time, under an admission."""

    def __init__(
        self,
        server: grpc.aio.Server,
        service: str,
        handlers: Mapping[str, grpc.RpcMethodHandler],
        admission: Admission,
        arrivals: Arrivals,
    ) -> None:
        """`handlers`, unary and by method of `service`, are called with those that `admission` lets in.

        `arrivals` are those that the server was made with.
        """
        admitting = {method: _admitting(handler, admission) for method, handler in handlers.items()}
        server.add_registered_method_handlers(service, admitting)  # taken one at a time, beside ours
        self._server = server
        self._handlers = {f"/{service}/{method}": handler for method, handler in handlers.items()}
        self._admission = admission
        self._arrivals = arrivals

    def add_insecure_port(self, address: str) -> int:
        """As grpc.aio's."""
        port: int = self._server.add_insecure_port(address)
        return port

    async def start(self) -> None:
        """Begins to answer; belongs to the running loop from here on."""
        await self._server.start()
        self._admission.lag.start()
        for method, handler in self._handlers.items():
            _Acceptor(self._server._server, method, handler, self._admission, self._arrivals).start()

    async def stop(self, grace_s: float) -> None:
        """Refuses new calls, and ends those that are under way after `grace_s`."""
        await self._server.stop(grace_s)
        self._admission.lag.stop()


class _Acceptor:
    """Takes the calls of one method, from the server's start to its end."""

    def __init__(
        self, core: Any, method: str, handler: grpc.RpcMethodHandler, admission: Admission, arrivals: Arrivals
    ) -> None:
        self._core = core
        self._method = method
        self._handler = handler
        self._admission = admission
        self._arrivals = arrivals
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        for _ in range(AT_ONCE):
            self._ask()

    def _ask(self) -> None:
        """Asks the core for one more call; done here and now, where a task would begin a turn of the loop later."""
        if self._core.is_running():
            asking = self._core._request_registered_call(self._method.encode())
            asked = asking.send(None)
            asked._asyncio_future_blocking = False  # what a task tells a future that it has heard
            asked.add_done_callback(lambda _: self._got(asking))

    def _got(self, asking: Coroutine[Any, Any, Any]) -> None:
        self._ask()
        try:
            asking.send(None)
        except StopIteration as done:
            self._take(done.value)
        except (cygrpc._RequestCallError, asyncio.CancelledError):
            return  # no call came of it: the server ends, or its caller's connection did

    def _take(self, call: Any) -> None:
        """Refuses, or begins to receive the message; here and now, as in `_ask`."""
        if refusal := self._refused(call, self._admission.check):
            self._end_soon(call, *refusal)
            return
        receiving = cygrpc._receive_message(call, self._loop)
        try:
            received = receiving.send(None)
        except StopIteration:
            return  # its caller has gone
        self._arrivals.expect(call, lambda code, why: self._end(call, code, why))
        self._count_while_it_comes(received)
        received._asyncio_future_blocking = False
        received.add_done_callback(lambda _: self._arrived(call, receiving))

    def _count_while_it_comes(self, received: asyncio.Future[None]) -> None:
        """A message that was sent with its headers is here two turns of the loop after it was asked for; a call that
        has only begun counts no longer."""
        came = _Once(self._admission.came)
        self._admission.come()
        received.add_done_callback(came)
        self._loop.call_soon(lambda: self._loop.call_soon(came))

    def _arrived(self, call: Any, receiving: Coroutine[Any, Any, Any]) -> None:
        """Answers the call whose message is there, if there is a place."""
        message = None
        try:
            receiving.send(None)
        except StopIteration as done:
            message = done.value
        if not self._arrivals.came(call):
            return  # it was told off
        if message is None:
            self._end_soon(call, *WITHOUT)
        elif refusal := self._refused(call, self._admission.enter):
            self._end_soon(call, *refusal)
        else:
            self._answer(call, message)

    def _answer(self, call: Any, message: bytes) -> None:
        leave = _Once(self._admission.leave)
        resolver = cygrpc._MethodResolver([], {self._method: _received(self._handler, message, leave)})
        answer = cygrpc._handle_rpc(self._method, resolver, (), call, self._loop, False)
        under_way = self._loop.create_task(cygrpc._schedule_rpc_coro(answer, call, self._loop, self._method))
        self._keep(under_way).add_done_callback(leave)

    def _refused(self, call: Any, admit: Callable[[float | None], None]) -> Refusal | None:
        try:
            admit(cygrpc._ServicerContext(call, None, None, self._loop).time_remaining())
        except (Overloaded, Unavailable) as refusal:
            return _told(refusal)
        return None

    def _end_soon(self, call: Any, *how: Any) -> None:
        self._keep(self._loop.create_task(self._end(call, *how)))

    async def _end(self, call: Any, code: grpc.StatusCode, why: str, metadata: Metadata = ()) -> None:
        opening = cygrpc.SendInitialMetadataOperation((), 0)
        with suppress(cygrpc.ExecuteBatchError):  # the caller has gone
            await cygrpc._send_error_status_from_server(call, code.value[0], why, metadata, opening, self._loop)

    def _keep(self, task: asyncio.Task[Any]) -> asyncio.Task[Any]:
        """Loops hold tasks weakly."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class _Once:
    """Something that is to be done once, whoever comes to it first."""

    __slots__ = ("_act", "_done")

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._done = False

    def __call__(self, _: object = None) -> None:
        if not self._done:
            self._done = True
            self._act()


def _received(handler: grpc.RpcMethodHandler, message: bytes, leave: _Once) -> grpc.RpcMethodHandler:
    """The method with its message, to grpc.aio one that need not read any; gives the place back with the answer: gRPC
    ends the call some turns of the loop after its caller has heard, and by then the caller's next one is here, so that
    fewer callers than there are places were refused."""
    decode = handler.request_deserializer

    async def call(_: Any, context: Any) -> Any:
        try:
            return await handler.unary_unary(decode(message) if decode else message, context)
        finally:
            leave()

    return grpc.stream_unary_rpc_method_handler(call, None, handler.response_serializer)


def _admitting(handler: grpc.RpcMethodHandler, admission: Admission) -> grpc.RpcMethodHandler:
    """For the calls that grpc.aio takes by itself: one at a time, beside ours."""

    async def call(request: Any, context: Any) -> Any:
        try:
            with admission.admitted(context.time_remaining()):
                return await handler.unary_unary(request, context)
        except (Overloaded, Unavailable) as refusal:
            await context.abort(*_told(refusal))

    return grpc.unary_unary_rpc_method_handler(call, handler.request_deserializer, handler.response_serializer)


def _told(refusal: Overloaded | Unavailable) -> Refusal:
    """Status, words and metadata of a refusal, which is counted."""
    leaving = isinstance(refusal, Unavailable)
    code = grpc.StatusCode.UNAVAILABLE if leaving else grpc.StatusCode.RESOURCE_EXHAUSTED
    METRICS.refusals.labels(code.name).inc()
    return code, str(refusal), () if leaving else PUSHBACK
