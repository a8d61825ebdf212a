"""The gRPC side: which bytes are which call, which error is which status code, health and reflection.

INVALID_ARGUMENT    the caller's request is wrong: the text names the field, the value and what was expected
NOT_FOUND           there is no such creative
PERMISSION_DENIED   this deployment does not allow it: a setting says so, which the text names
RESOURCE_EXHAUSTED  too many requests are under way (`grpc-retry-pushback-ms` says when to come back)
DEADLINE_EXCEEDED   the request did not arrive within 10 s of its headers
UNAVAILABLE         a part that the call cannot do without is late or down (never SelectCreatives): try again
INTERNAL            our mistake
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.common.errors import Rejected, Unavailable
from services.common.metrics import METRICS
from services.creative.ad_request import Caller
from services.creative.servicer import CreativeServicer
from services.runtime.admission import PUSHBACK, Overloaded
from services.runtime.grpc_accept import LoadSheddingServer
from services.runtime.grpc_arrival import Arrivals
from services.runtime.grpc_server import new_server, server_options

_LOG = logging.getLogger(__name__)
SERVICE: Final = pb.DESCRIPTOR.services_by_name["CreativeService"].full_name
BUSIEST: Final = "SelectCreatives"
SEED_METADATA: Final = "adloom-seed"
LARGEST_REQUEST_BYTES: Final = 256 * 1024
_OPTIONS: Final = (*server_options(LARGEST_REQUEST_BYTES), ("grpc.max_send_message_length", 64 * 1024 * 1024))
_REFUSALS: Final = {"not_found": grpc.StatusCode.NOT_FOUND, "not_allowed": grpc.StatusCode.PERMISSION_DENIED}
Context = Any  # grpc.aio.ServicerContext; grpc ships no types
Request = TypeVar("Request", bound=Message)
Act = Callable[[Request, Context], Awaitable[Message]]


class Health:
    """What gRPC health probes are told."""

    def __init__(self) -> None:
        self._servicer = health.aio.HealthServicer()

    def add_to(self, server: grpc.aio.Server) -> None:
        """Serves the standard health service."""
        health_pb2_grpc.add_HealthServicer_to_server(self._servicer, server)

    async def say(self, serving: bool) -> None:
        """For the process as a whole and for the service."""
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        for name in ("", SERVICE):
            await self._servicer.set(name, status)


def build_server(servicer: CreativeServicer, told: Health) -> LoadSheddingServer:
    """A server with the service, health and reflection; it has no port yet and is not started."""
    arrivals = Arrivals()
    server = new_server(_OPTIONS, arrivals)
    methods = methods_of(servicer)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))
    told.add_to(server)
    reflection.enable_server_reflection((SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    return LoadSheddingServer(server, SERVICE, {BUSIEST: methods[BUSIEST]}, servicer.admission, arrivals)


def methods_of(servicer: CreativeServicer) -> dict[str, grpc.RpcMethodHandler]:
    """The table of calls."""

    def fresh_id() -> str:
        return f"r-{secrets.token_hex(16)}"

    async def select(request: pb.SelectCreativesRequest, context: Context) -> Message:
        return await servicer.select_creatives(request, _caller(context), fresh_id)

    async def get(request: pb.GetCreativeRequest, context: Context) -> Message:
        return await servicer.get_creative(request)

    async def list_(request: pb.ListCreativesRequest, context: Context) -> Message:
        return await servicer.list_creatives(request)

    async def generate(request: pb.GenerateCreativesRequest, context: Context) -> Message:
        return await servicer.generate_creatives(request, context.time_remaining())

    return {
        BUSIEST: _method(pb.SelectCreativesRequest, select),
        "GetCreative": _method(pb.GetCreativeRequest, get),
        "ListCreatives": _method(pb.ListCreativesRequest, list_),
        "GenerateCreatives": _method(pb.GenerateCreativesRequest, generate),
    }


def _caller(context: Context) -> Caller:
    seed = next((value for name, value in context.invocation_metadata() or () if name == SEED_METADATA), "")
    return Caller(context.time_remaining(), seed)


def status_of(error: Exception) -> grpc.StatusCode:
    """The code that tells the caller whose mistake it is and whether to try again."""
    if isinstance(error, Rejected):
        return _REFUSALS.get(error.reason, grpc.StatusCode.INVALID_ARGUMENT)
    if isinstance(error, Overloaded):
        return grpc.StatusCode.RESOURCE_EXHAUSTED
    if isinstance(error, Unavailable):
        return grpc.StatusCode.UNAVAILABLE
    return grpc.StatusCode.INTERNAL


def _method(kind: type[Request], act: Act[Request]) -> grpc.RpcMethodHandler:
    async def call(value: bytes, context: Context) -> Message:
        try:
            return await act(_parsed(kind, value), context)
        except Exception as error:  # every error leaves here as a status
            await _abort(error, context)
            raise

    return grpc.unary_unary_rpc_method_handler(call, response_serializer=lambda message: message.SerializeToString())


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
