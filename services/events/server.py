"""The gRPC side of EventService, CatalogueService and CampaignService: the tables of their methods.

`runtime/grpc_method.py` has the table of status codes. The call's status is OK even if single events or products are
invalid or unconfirmed in time: their results report it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from google.protobuf.message import Message

from protos.gen.adloom.campaigns.v1 import campaign_service_pb2 as campaigns_pb
from protos.gen.adloom.catalogue.v1 import catalogue_service_pb2 as catalogue_pb
from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from services.common.errors import Unavailable
from services.events.campaign_servicer import CampaignServicer
from services.events.catalogue_servicer import CatalogueServicer
from services.events.servicer import RESERVE, EventServicer
from services.events.settings import EventsSettings
from services.runtime.admission import Admission
from services.runtime.grpc_method import Context, Handler, Methods, Request, metadata_of, unary_method
from services.runtime.grpc_server import server_options
from services.runtime.grpc_service import GrpcService, ServiceServer
from services.runtime.health import Readiness
from services.runtime.loop_lag import LoopLag
from services.wire.codec.headers import traceparent_of

SERVICE: Final = pb.DESCRIPTOR.services_by_name["EventService"].full_name
CATALOGUE_SERVICE: Final = catalogue_pb.DESCRIPTOR.services_by_name["CatalogueService"].full_name
CAMPAIGN_SERVICE: Final = campaigns_pb.DESCRIPTOR.services_by_name["CampaignService"].full_name
LARGEST_REQUEST_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Servicers:
    """What answers each service."""

    events: EventServicer
    catalogue: CatalogueServicer
    campaigns: CampaignServicer


def build_server(servicers: Servicers, settings: EventsSettings, readiness: Readiness) -> ServiceServer:
    """Builds a server with the services, health and reflection; it has no port yet and is not started."""
    methods = methods_of(servicers.events, settings.default_deadline_s)
    admission = Admission("events", settings.in_flight, LoopLag())
    options = server_options(LARGEST_REQUEST_BYTES)
    beside = {
        CATALOGUE_SERVICE: catalogue_methods_of(servicers.catalogue, settings.default_deadline_s),
        CAMPAIGN_SERVICE: campaign_methods_of(servicers.campaigns, settings.default_deadline_s),
    }
    return ServiceServer(GrpcService(SERVICE, methods, admission, options, beside=beside), readiness)


def methods_of(servicer: EventServicer, default_deadline_s: float) -> Methods:
    """The handlers of EventService by method name."""

    async def publish(request: pb.PublishEventsRequest, context: Context) -> Message:
        trace = traceparent_of(metadata_of(context, "traceparent"))  # validated, because it goes into every record
        return await servicer.publish_events(request, budget_s(context, default_deadline_s), trace)

    return {"PublishEvents": unary_method(pb.PublishEventsRequest, publish)}


def catalogue_methods_of(servicer: CatalogueServicer, default_deadline_s: float) -> Methods:
    """The handlers of CatalogueService by method name."""
    in_time = _InTime(default_deadline_s)
    return {
        "UpsertProducts": in_time.told(catalogue_pb.UpsertProductsRequest, servicer.upsert_products),
        "DeleteProducts": in_time.told(catalogue_pb.DeleteProductsRequest, servicer.delete_products),
        "GetProduct": in_time.ended(catalogue_pb.GetProductRequest, servicer.get_product),
        "ListProducts": in_time.ended(catalogue_pb.ListProductsRequest, servicer.list_products),
    }


def campaign_methods_of(servicer: CampaignServicer, default_deadline_s: float) -> Methods:
    """The handlers of CampaignService by method name."""
    in_time = _InTime(default_deadline_s)
    return {
        "UpsertCampaigns": in_time.ended(campaigns_pb.UpsertCampaignsRequest, servicer.upsert_campaigns),
        "ListCampaigns": in_time.ended(campaigns_pb.ListCampaignsRequest, servicer.list_campaigns),
        "PauseCampaign": in_time.ended(campaigns_pb.PauseCampaignRequest, servicer.pause_campaign),
        "ResumeCampaign": in_time.ended(campaigns_pb.ResumeCampaignRequest, servicer.resume_campaign),
        "DeleteCampaign": in_time.ended(campaigns_pb.DeleteCampaignRequest, servicer.delete_campaign),
    }


@dataclass(frozen=True, slots=True)
class _InTime:
    """Makes handlers that answer before the caller's deadline."""

    default_deadline_s: float

    def told(self, kind: type[Request], act: Callable[[Request, float], Awaitable[Message]]) -> Handler:
        """Of a method that is told its seconds and keeps to them, because it answers for what it has done by then."""

        async def answer(request: Request, context: Context) -> Message:
            return await act(request, budget_s(context, self.default_deadline_s))

        return unary_method(kind, answer)

    def ended(self, kind: type[Request], act: Callable[[Request], Awaitable[Message]]) -> Handler:
        """Of a method that is ended where it takes too long."""

        async def answer(request: Request, budget: float) -> Message:
            try:
                return await asyncio.wait_for(act(request), budget * (1 - RESERVE))
            except TimeoutError as late:
                raise Unavailable("kafka", "its word did not come in time; repeat the call") from late

        return self.told(kind, answer)


def budget_s(context: Context, default_deadline_s: float) -> float:
    """The time that a call has: the caller's, or the default where that is shorter."""
    return min(context.time_remaining() or default_deadline_s, default_deadline_s)
