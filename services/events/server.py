"""The gRPC side of EventService: bytes to calls, errors to status codes, health and reflection.

INVALID_ARGUMENT    the request as a whole is wrong: the text names the field, the value and what was expected
RESOURCE_EXHAUSTED  the request is too large, or too many requests are under way (`grpc-retry-pushback-ms` says when to
                    come back)
DEADLINE_EXCEEDED   the request did not arrive within 10 s of its headers
INTERNAL            our mistake
Single events that are wrong, or that the broker did not confirm in time, are told in their results, with status OK.
"""

from __future__ import annotations

import logging
from typing import Any, Final, NoReturn

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from services.common.errors import Rejected
from services.common.metrics import METRICS
from services.events.servicer import EventServicer
from services.events.settings import EventsSettings
from services.runtime.admission import Admission
from services.runtime.grpc_accept import LoadSheddingServer
from services.runtime.grpc_arrival import Arrivals
from services.runtime.grpc_server import new_server, server_options
from services.runtime.loop_lag import LoopLag
from services.wire.codec.headers import traceparent_of

_LOG = logging.getLogger(__name__)
SERVICE: Final = pb.DESCRIPTOR.services_by_name["EventService"].full_name
LARGEST_REQUEST_BYTES: Final = 4 * 1024 * 1024
Context = Any  # grpc.aio.ServicerContext; grpc ships no types


def build_server(
    servicer: EventServicer, told: health.aio.HealthServicer, settings: EventsSettings
) -> LoadSheddingServer:
    """A server with the service, health and reflection; it has no port yet and is not started."""
    arrivals = Arrivals()
    server = new_server(server_options(LARGEST_REQUEST_BYTES), arrivals)
    methods = methods_of(servicer, settings.default_deadline_s)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))
    health_pb2_grpc.add_HealthServicer_to_server(told, server)
    reflection.enable_server_reflection((SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
    return LoadSheddingServer(server, SERVICE, methods, Admission("events", settings.in_flight, LoopLag()), arrivals)


async def tell_health(told: health.aio.HealthServicer, serving: bool) -> None:
    """What probes hear, for the process as a whole and for the service."""
    status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
    for name in ("", SERVICE):
        await told.set(name, status)


def methods_of(servicer: EventServicer, default_deadline_s: float) -> dict[str, grpc.RpcMethodHandler]:
    """The table of calls."""

    async def publish(value: bytes, context: Context) -> bytes:
        try:
            request = _parsed(value)
            budget_s = context.time_remaining() or default_deadline_s
            response = await servicer.publish_events(request, min(budget_s, default_deadline_s), _traceparent(context))
            return response.SerializeToString()
        except Exception as error:  # every error leaves here as a status; abort raises
            await _abort(error, context)

    return {"PublishEvents": grpc.unary_unary_rpc_method_handler(publish)}


def _parsed(value: bytes) -> pb.PublishEventsRequest:
    """Bytes that are no message are the caller's mistake, which gRPC's own deserialiser would report as ours."""
    try:
        return pb.PublishEventsRequest.FromString(value)
    except DecodeError as exc:
        raise Rejected("invalid", "request", f"{len(value)} bytes", "a PublishEventsRequest") from exc


def _traceparent(context: Context) -> str:
    for name, value in context.invocation_metadata() or ():
        if name == "traceparent" and isinstance(value, str):
            return traceparent_of(value)  # it goes into every record of the request: not just any text
    return ""


async def _abort(error: Exception, context: Context) -> NoReturn:
    code = grpc.StatusCode.INVALID_ARGUMENT if isinstance(error, Rejected) else grpc.StatusCode.INTERNAL
    METRICS.refusals.labels(code.name).inc()
    if code is grpc.StatusCode.INTERNAL:
        _LOG.error("A request failed by our mistake", exc_info=error)
    raise await context.abort(code, "internal error" if code is grpc.StatusCode.INTERNAL else str(error))
