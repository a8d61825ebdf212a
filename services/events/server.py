"""The gRPC side of EventService, CatalogueService and CampaignService: the tables of their methods.

`runtime/grpc_method.py` has the table of status codes. The call's status is OK even if single events or products are
invalid or unconfirmed in time: their results report it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
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
from services.runtime.grpc_method import Context, Methods, metadata_of, unary_method
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

    async def upsert(request: catalogue_pb.UpsertProductsRequest, context: Context) -> Message:
        return await servicer.upsert_products(request, budget_s(context, default_deadline_s))

    async def delete(request: catalogue_pb.DeleteProductsRequest, context: Context) -> Message:
        return await servicer.delete_products(request, budget_s(context, default_deadline_s))

    async def get(request: catalogue_pb.GetProductRequest, context: Context) -> Message:
        return await servicer.get_product(request)

    async def list_(request: catalogue_pb.ListProductsRequest, context: Context) -> Message:
        return await servicer.list_products(request)

    return {
        "UpsertProducts": unary_method(catalogue_pb.UpsertProductsRequest, upsert),
        "DeleteProducts": unary_method(catalogue_pb.DeleteProductsRequest, delete),
        "GetProduct": unary_method(catalogue_pb.GetProductRequest, get),
        "ListProducts": unary_method(catalogue_pb.ListProductsRequest, list_),
    }


def campaign_methods_of(servicer: CampaignServicer, default_deadline_s: float) -> Methods:
    """The handlers of CampaignService by method name; each ends in time, or says that Kafka does not answer."""

    async def within(answer: Awaitable[Message], context: Context) -> Message:
        try:
            return await asyncio.wait_for(answer, budget_s(context, default_deadline_s) * (1 - RESERVE))
        except TimeoutError as late:
            raise Unavailable("kafka", "its word did not come in time; repeat the call") from late

    async def upsert(request: campaigns_pb.UpsertCampaignsRequest, context: Context) -> Message:
        return await within(servicer.upsert_campaigns(request), context)

    async def list_(request: campaigns_pb.ListCampaignsRequest, context: Context) -> Message:
        return await within(servicer.list_campaigns(request), context)

    async def pause(request: campaigns_pb.PauseCampaignRequest, context: Context) -> Message:
        return await within(servicer.pause_campaign(request), context)

    async def resume(request: campaigns_pb.ResumeCampaignRequest, context: Context) -> Message:
        return await within(servicer.resume_campaign(request), context)

    return {
        "UpsertCampaigns": unary_method(campaigns_pb.UpsertCampaignsRequest, upsert),
        "ListCampaigns": unary_method(campaigns_pb.ListCampaignsRequest, list_),
        "PauseCampaign": unary_method(campaigns_pb.PauseCampaignRequest, pause),
        "ResumeCampaign": unary_method(campaigns_pb.ResumeCampaignRequest, resume),
    }


def budget_s(context: Context, default_deadline_s: float) -> float:
    """The time that a call has: the caller's, or the default where that is shorter."""
    return min(context.time_remaining() or default_deadline_s, default_deadline_s)
