"""One method of a service: bytes to a request, the answer to bytes, and each error to the status that tells the caller.

INVALID_ARGUMENT    the request is wrong: the text names the field, the value and what was expected
NOT_FOUND           what the request names is not there
PERMISSION_DENIED   this deployment does not allow it: a setting says so, which the text names
RESOURCE_EXHAUSTED  too many requests are under way (`grpc-retry-pushback-ms` says when to come back)
DEADLINE_EXCEEDED   the request did not arrive within 10 s of its headers
UNAVAILABLE         a part that the call cannot do without is late or down, or the replica is leaving: try again
INTERNAL            our mistake
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
Methods = dict[str, grpc.RpcMethodHandler]  # by name, as the proto has it


def unary_method(kind: type[Request], act: Act[Request]) -> grpc.RpcMethodHandler:
    """The handler of a method whose request is a `kind`; what `act` raises is told to the caller as a status."""

    async def call(value: bytes, context: Context) -> Message:
        try:
            return await act(_parsed(kind, value), context)
        except Exception as error:  # every error leaves here as a status
            await _abort(error, context)
            raise

    return grpc.unary_unary_rpc_method_handler(call, response_serializer=lambda message: message.SerializeToString())


def metadata_of(context: Context, name: str) -> str:
    """The text that the caller sent under `name` beside the message; empty where there is none."""
    found = (value for key, value in context.invocation_metadata() or () if key == name)
    return next((value for value in found if isinstance(value, str)), "")


def status_of(error: Exception) -> grpc.StatusCode:
    """The code that tells the caller whose mistake it is and whether to try again."""
    if isinstance(error, Rejected):
        return _REFUSALS.get(error.reason, grpc.StatusCode.INVALID_ARGUMENT)
    if isinstance(error, Overloaded):
        return grpc.StatusCode.RESOURCE_EXHAUSTED
    if isinstance(error, Unavailable):
        return grpc.StatusCode.UNAVAILABLE
    return grpc.StatusCode.INTERNAL


def _parsed(kind: type[Request], value: bytes) -> Request:
    """Bytes that are no message are the caller's mistake, which gRPC's own deserialiser would report as ours."""
    try:
        return kind.FromString(value)
    except DecodeError as exc:
        raise Rejected("invalid", "request", f"{len(value)} bytes", f"a {kind.DESCRIPTOR.full_name}") from exc


async def _abort(error: Exception, context: Context) -> None:
    """Ends the call with the error's status; `abort` raises what tells gRPC so."""
    code = status_of(error)
    METRICS.refusals.labels(code.name).inc()
    if code is grpc.StatusCode.INTERNAL:
        _LOG.error("A request failed by our mistake", exc_info=error)
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
        context.set_trailing_metadata(PUSHBACK)
    await context.abort(code, "internal error" if code is grpc.StatusCode.INTERNAL else str(error))
