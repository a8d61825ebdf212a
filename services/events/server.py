"""The gRPC side of EventService: the table of its methods (`runtime/grpc_method.py` has the table of status codes).

The call's status is OK even if single events are invalid or unconfirmed in time: their results report it.
"""

from __future__ import annotations

from typing import Final

from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from services.events.servicer import EventServicer
from services.events.settings import EventsSettings
from services.runtime.admission import Admission
from services.runtime.grpc_method import Context, Methods, metadata_of, unary_method
from services.runtime.grpc_server import server_options
from services.runtime.grpc_service import GrpcService, ServiceServer
from services.runtime.health import Readiness
from services.runtime.loop_lag import LoopLag
from services.wire.codec.headers import traceparent_of

SERVICE: Final = pb.DESCRIPTOR.services_by_name["EventService"].full_name
LARGEST_REQUEST_BYTES: Final = 4 * 1024 * 1024


def build_server(servicer: EventServicer, settings: EventsSettings, readiness: Readiness) -> ServiceServer:
    """Builds a server with the service, health and reflection; it has no port yet and is not started."""
    methods = methods_of(servicer, settings.default_deadline_s)
    admission = Admission("events", settings.in_flight, LoopLag())
    return ServiceServer(GrpcService(SERVICE, methods, admission, server_options(LARGEST_REQUEST_BYTES)), readiness)


def methods_of(servicer: EventServicer, default_deadline_s: float) -> Methods:
    """The handlers by method name."""

    async def publish(request: pb.PublishEventsRequest, context: Context) -> Message:
        budget_s = min(context.time_remaining() or default_deadline_s, default_deadline_s)
        trace = traceparent_of(metadata_of(context, "traceparent"))  # validated, because it goes into every record
        return await servicer.publish_events(request, budget_s, trace)

    return {"PublishEvents": unary_method(pb.PublishEventsRequest, publish)}
