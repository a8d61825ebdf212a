"""Accepts a method's calls from gRPC's core as fast as they arrive, and refuses at once those beyond capacity.

grpc.aio requests the next call of a method from its core only after it got the last one, and needs about five
iterations of the event loop for each. A busy loop has few iterations, so calls pile up in the core, unseen, until their
deadlines are over, and the process works on expired calls. Measured with answers of 1.5 ms and a load a little above
capacity: one call in ten was answered and none was refused. Here many requests for a call are registered in the core at
once. If all slots are taken, a refusal is one message, sent before the call's own message is read. Only a call whose
message has arrived (`grpc_arrival.py`) takes a slot, so callers that only open calls do not block others.

Depends on private names of grpcio; `tests/unit/runtime/test_grpc_accept.py` tests it against the locked version.
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
from services.runtime.grpc_arrival import WITHOUT, Arrivals, encoded
from services.runtime.grpc_method import status_of

AT_ONCE: Final = 128
"""Calls that can be accepted in one iteration of the loop; each costs a few hundred bytes."""

Metadata = tuple[tuple[str, str], ...]
Refusal = tuple[grpc.StatusCode, str, Metadata]


class LoadSheddingServer:
    """A `grpc.aio.Server` that accepts many calls of its busiest methods at once, under admission control."""

    def __init__(
        self,
        server: grpc.aio.Server,
        service: str,
        handlers: Mapping[str, grpc.RpcMethodHandler],
        admission: Admission,
        arrivals: Arrivals,
    ) -> None:
        """`handlers`, unary and keyed by method of `service`, get the calls that `admission` admits.

        `arrivals` must be the interceptor that `server` was made with.
        """
        self._server = server
        self._handlers: dict[str, grpc.RpcMethodHandler] = {}
        self._admission = admission
        self._arrivals = arrivals
        self.add(service, handlers)

    def add(self, service: str, handlers: Mapping[str, grpc.RpcMethodHandler]) -> None:
        """Adds methods of a further service, under the same admission control; before the start."""
        admitting = {method: _admitting(handler, self._admission) for method, handler in handlers.items()}
        self._server.add_registered_method_handlers(service, admitting)  # grpc.aio accepts calls too, one at a time
        self._handlers.update({f"/{service}/{method}": handler for method, handler in handlers.items()})

    def add_insecure_port(self, address: str) -> int:
        """Binds the port, as in grpc.aio."""
        port: int = self._server.add_insecure_port(address)
        return port

    async def start(self) -> None:
        """Starts answering; the server belongs to the running loop from then on."""
        await self._server.start()
        self._admission.lag.start()
        for method, handler in self._handlers.items():
            _Acceptor(self._server._server, method, handler, self._admission, self._arrivals).start()

    async def stop(self, grace_s: float) -> None:
        """Refuses new calls, and aborts calls that are still in flight after `grace_s`."""
        await self._server.stop(grace_s)
        self._admission.lag.stop()


class _Acceptor:
    """Accepts the calls of one method, from the server's start to its end."""

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
        """Requests one more call from the core, synchronously: a task would start one iteration of the loop later."""
        if self._core.is_running():
            asking = self._core._request_registered_call(self._method.encode())
            asked = asking.send(None)
            asked._asyncio_future_blocking = False  # as a task does when it receives a yielded future
            asked.add_done_callback(lambda _: self._got(asking))

    def _got(self, asking: Coroutine[Any, Any, Any]) -> None:
        self._ask()
        try:
            asking.send(None)
        except StopIteration as done:
            self._take(done.value)
        except (cygrpc._RequestCallError, asyncio.CancelledError):
            return  # no call: the server is stopping, or the caller's connection ended

    def _take(self, call: Any) -> None:
        """Refuses the call, or starts to receive its message; synchronously, as in `_ask`."""
        if refusal := self._refused(call, self._admission.check):
            self._end_soon(call, *refusal)
            return
        receiving = cygrpc._receive_message(call, self._loop)
        try:
            received = receiving.send(None)
        except StopIteration:
            return  # the caller is gone
        self._arrivals.expect(call, lambda code, why: self._end(call, code, why))
        self._count_while_it_comes(received)
        received._asyncio_future_blocking = False
        received.add_done_callback(lambda _: self._arrived(call, receiving))

    def _count_while_it_comes(self, received: asyncio.Future[None]) -> None:
        """Counts the call as coming for at most two iterations of the loop.

        A message that was sent together with its headers arrives within that time. A call that has only sent headers
        is no longer counted then.
        """
        came = _Once(self._admission.came)
        self._admission.come()
        received.add_done_callback(came)
        self._loop.call_soon(lambda: self._loop.call_soon(came))

    def _arrived(self, call: Any, receiving: Coroutine[Any, Any, Any]) -> None:
        """Answers the call whose message has arrived, if a slot is free."""
        message = None
        try:
            receiving.send(None)
        except StopIteration as done:
            message = done.value
        if not self._arrivals.came(call):
            return  # `Arrivals` has ended the call
        if message is None:
            self._end_soon(call, *WITHOUT)
        elif refusal := self._refused(call, self._admission.enter):
            self._end_soon(call, *refusal)
        else:
            self._answer(call, message)

    def _answer(self, call: Any, message: bytes) -> None:
        leave = _Once(self._admission.leave)
        resolver = cygrpc._MethodResolver([], {self._method: self._received(message, leave)})
        answer = cygrpc._handle_rpc(self._method, resolver, (), call, self._loop, False)
        under_way = self._loop.create_task(cygrpc._schedule_rpc_coro(answer, call, self._loop, self._method))
        self._keep(under_way).add_done_callback(leave)

    def _received(self, message: bytes, leave: _Once) -> grpc.RpcMethodHandler:
        """A handler that answers `message`, which was already read; grpc.aio therefore need not read one.

        It releases the slot with the answer. gRPC ends the call some loop iterations after the caller got its answer;
        by then the caller's next call may have arrived, and would be refused although enough slots are free. Answers
        that callers do not take hold no slot; `Departures` limits their memory.
        """
        handler = self._handler
        decode = handler.request_deserializer

        async def call(_: Any, context: Any) -> bytes:
            try:
                answer = await handler.unary_unary(decode(message) if decode else message, context)
            finally:
                leave()
            return self._arrivals.departures.depart(encoded(handler, answer), context)

        return grpc.stream_unary_rpc_method_handler(call)

    def _refused(self, call: Any, admit: Callable[[float | None], None]) -> Refusal | None:
        try:
            admit(cygrpc._ServicerContext(call, None, None, self._loop).time_remaining())
        except (Overloaded, Unavailable) as refusal:
            return _refusal_of(refusal)
        return None

    def _end_soon(self, call: Any, *how: Any) -> None:
        self._keep(self._loop.create_task(self._end(call, *how)))

    async def _end(self, call: Any, code: grpc.StatusCode, why: str, metadata: Metadata = ()) -> None:
        opening = cygrpc.SendInitialMetadataOperation((), 0)
        with suppress(cygrpc.ExecuteBatchError):  # the caller is gone
            await cygrpc._send_error_status_from_server(call, code.value[0], why, metadata, opening, self._loop)

    def _keep(self, task: asyncio.Task[Any]) -> asyncio.Task[Any]:
        """Holds a reference to the task, because event loops hold tasks weakly."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class _Once:
    """A callback that acts on its first call only."""

    __slots__ = ("_act", "_done")

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act
        self._done = False

    def __call__(self, _: object = None) -> None:
        if not self._done:
            self._done = True
            self._act()


def _admitting(handler: grpc.RpcMethodHandler, admission: Admission) -> grpc.RpcMethodHandler:
    """A handler for the calls that grpc.aio accepts by itself, with admission control."""

    async def call(request: Any, context: Any) -> Any:
        try:
            with admission.admitted(context.time_remaining()):
                return await handler.unary_unary(request, context)
        except (Overloaded, Unavailable) as refusal:
            await context.abort(*_refusal_of(refusal))

    return grpc.unary_unary_rpc_method_handler(call, handler.request_deserializer, handler.response_serializer)


def _refusal_of(refusal: Overloaded | Unavailable) -> Refusal:
    """Status, message and metadata of a refusal; counts it in the metrics."""
    code = status_of(refusal)
    METRICS.refusals.labels(code.name).inc()
    return code, str(refusal), PUSHBACK if code is grpc.StatusCode.RESOURCE_EXHAUSTED else ()
