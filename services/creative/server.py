"""The gRPC side of CreativeService: the table of its methods (`runtime/grpc_method.py` has the table of status codes).

SelectCreatives returns UNAVAILABLE only while the replica is shutting down.
"""

from __future__ import annotations

import secrets
from typing import Final

from google.protobuf.message import Message

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.creative.ad_request import Caller
from services.creative.servicer import CreativeServicer
from services.runtime.grpc_channel import Options
from services.runtime.grpc_method import Context, Methods, metadata_of, unary_method
from services.runtime.grpc_server import server_options
from services.runtime.grpc_service import GrpcService, ServiceServer
from services.runtime.health import Readiness

SERVICE: Final = pb.DESCRIPTOR.services_by_name["CreativeService"].full_name
BUSIEST: Final = "SelectCreatives"
SEED_METADATA: Final = "adloom-seed"
LARGEST_REQUEST_BYTES: Final = 256 * 1024
_OPTIONS: Final[Options] = (
    *server_options(LARGEST_REQUEST_BYTES),
    ("grpc.max_send_message_length", 64 * 1024 * 1024),
)


def build_server(servicer: CreativeServicer, readiness: Readiness) -> ServiceServer:
    """Builds a server with the service, health and reflection; it has no port yet and is not started."""
    service = GrpcService(SERVICE, methods_of(servicer), servicer.admission, _OPTIONS, frozenset({BUSIEST}))
    return ServiceServer(service, readiness)


def methods_of(servicer: CreativeServicer) -> Methods:
    """The handlers by method name."""

    def fresh_id() -> str:
        return f"r-{secrets.token_hex(16)}"

    async def select(request: pb.SelectCreativesRequest, context: Context) -> Message:
        caller = Caller(context.time_remaining(), metadata_of(context, SEED_METADATA))
        return await servicer.select_creatives(request, caller, fresh_id)

    async def get(request: pb.GetCreativeRequest, context: Context) -> Message:
        return await servicer.get_creative(request)

    async def list_(request: pb.ListCreativesRequest, context: Context) -> Message:
        return await servicer.list_creatives(request)

    async def generate(request: pb.GenerateCreativesRequest, context: Context) -> Message:
        return await servicer.generate_creatives(request, context.time_remaining())

    async def review(request: pb.ReviewCreativesRequest, context: Context) -> Message:
        return await servicer.review_creatives(request)

    return {
        BUSIEST: unary_method(pb.SelectCreativesRequest, select),
        "GetCreative": unary_method(pb.GetCreativeRequest, get),
        "ListCreatives": unary_method(pb.ListCreativesRequest, list_),
        "GenerateCreatives": unary_method(pb.GenerateCreativesRequest, generate),
        "ReviewCreatives": unary_method(pb.ReviewCreativesRequest, review),
    }
