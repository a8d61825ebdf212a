"""Adapts one gRPC method: decodes the request, encodes the answer, and maps each error to a status code.

INVALID_ARGUMENT    the request is invalid: the message names the field, the value and what was expected
NOT_FOUND           the object that the request names does not exist
PERMISSION_DENIED   this deployment does not allow it; the message names the setting
RESOURCE_EXHAUSTED  too many requests are in flight (`grpc-retry-pushback-ms` says when to retry)
DEADLINE_EXCEEDED   the request did not arrive within 10 s of its headers
UNAVAILABLE         a part that the call needs is late or down, or the replica is shutting down: retry
INTERNAL            a bug of the service
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message

from services.common.errors import Rejected, Unavailable
from services.common.metrics import METRICS
from services.runtime.admission import PUSHBACK, Overloaded

_LOG = logging.getLogger(__name__)
_REFUSALS: Final = {"not_found": grpc.StatusCode.NOT_FOUND, "not_allowed": grpc.StatusCode.PERMISSION_DENIED}
Context = Any  # grpc.aio.ServicerContext; grpc ships no types
Request = TypeVar("Request", bound=Message)
Act = Callable[[Request, Context], Awaitable[Message]]
Handler = Any  # grpc.RpcMethodHandler
Methods = dict[str, Handler]  # by method name in the proto


def unary_method(kind: type[Request], act: Act[Request]) -> grpc.RpcMethodHandler:
    """The handler of a method whose request is a `kind`; exceptions of `act` become status codes."""

    async def call(value: bytes, context: Context) -> Message:
        try:
            return await act(_parsed(kind, value), context)
        except Exception as error:  # every error leaves here as a status
            await _abort(error, context)
            raise

    return grpc.unary_unary_rpc_method_handler(call, response_serializer=lambda message: message.SerializeToString())


def metadata_of(context: Context, name: str) -> str:
    """The text value of the metadata `name` of the call; empty if there is none."""
    found = (value for key, value in context.invocation_metadata() or () if key == name)
    return next((value for value in found if isinstance(value, str)), "")


def status_of(error: Exception) -> grpc.StatusCode:
    """The status code, which tells the caller whose fault it is and whether to retry."""
    if isinstance(error, Rejected):
        return _REFUSALS.get(error.reason, grpc.StatusCode.INVALID_ARGUMENT)
    if isinstance(error, Overloaded):
        return grpc.StatusCode.RESOURCE_EXHAUSTED
    if isinstance(error, Unavailable):
        return grpc.StatusCode.UNAVAILABLE
    return grpc.StatusCode.INTERNAL


def _parsed(kind: type[Request], value: bytes) -> Request:
    """Decodes the request; malformed bytes are `Rejected`, where gRPC's own deserialiser would report INTERNAL."""
    try:
        return kind.FromString(value)
    except DecodeError as exc:
        raise Rejected("invalid", "request", f"{len(value)} bytes", f"a {kind.DESCRIPTOR.full_name}") from exc


async def _abort(error: Exception, context: Context) -> None:
    """Ends the call with the error's status; `abort` raises the exception that gRPC expects."""
    code = status_of(error)
    METRICS.refusals.labels(code.name).inc()
    if code is grpc.StatusCode.INTERNAL:
        _LOG.error("A request failed by our mistake", exc_info=error)
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        context.set_trailing_metadata(PUSHBACK)
    await context.abort(code, "internal error" if code is grpc.StatusCode.INTERNAL else str(error))
