"""Serves gRPC services of one port with health checks, reflection, load shedding and graceful shutdown.

def build_server(servicer: ShopServicer, readiness: Readiness) -> ServiceServer:
    async def get(request: pb.GetProductRequest, context: Context) -> Message:
        return await servicer.get_product(request)

    methods = {"GetProduct": unary_method(pb.GetProductRequest, get)}
    admission = Admission("shop", 64, LoopLag())
    return ServiceServer(GrpcService(SERVICE, methods, admission, server_options(1 << 20)), readiness)

server = build_server(servicer, readiness)
listen(server, settings.shop, "ADLOOM_SHOP")
await server.start()
await asked_to_leave.wait()
await server.leave(settings.drain_s)
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from services.runtime.admission import Admission
from services.runtime.grpc_accept import LoadSheddingServer
from services.runtime.grpc_arrival import Arrivals
from services.runtime.grpc_channel import Options
from services.runtime.grpc_method import Methods
from services.runtime.grpc_server import new_server
from services.runtime.health import Readiness

REFUSE_S: Final = 0.3
"""How long a server that shuts down refuses calls before it closes the port; closing at once would cut calls off."""


@dataclass(frozen=True, slots=True)
class GrpcService:
    """The definition of the service that a server serves."""

    name: str  # full name in the proto, "adloom.events.v1.EventService"
    methods: Methods
    admission: Admission
    options: Options
    admitted: frozenset[str] | None = None  # methods under admission control; None: all
    beside: Mapping[str, Methods] = field(default_factory=dict)  # further services, wholly under the same control


class ServiceServer:
    """Serves a service and those beside it; reports the same state on `/ready` and in gRPC's health service."""

    def __init__(self, service: GrpcService, readiness: Readiness, arrivals: Arrivals | None = None) -> None:
        """Registers the methods; the server has no port yet and is not started."""
        arrivals = arrivals or Arrivals()
        server = new_server(service.options, arrivals)
        methods = service.methods
        self._names = (service.name, *service.beside)
        for name, handlers in {service.name: methods, **service.beside}.items():
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        reflection.enable_server_reflection((*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
        admitted = {name: methods[name] for name in (methods if service.admitted is None else service.admitted)}
        self._server = LoadSheddingServer(server, service.name, admitted, service.admission, arrivals)
        for name, handlers in service.beside.items():
            self._server.add(name, handlers)
        self._service = service
        self._readiness = readiness

    def add_insecure_port(self, address: str) -> int:
        """Binds the port, as in grpc.aio."""
        return self._server.add_insecure_port(address)

    async def start(self) -> None:
        """Starts answering in the running loop, and reports the process as ready."""
        await self._server.start()
        await self._tell(health_pb2.HealthCheckResponse.SERVING)
        self._readiness.ready()

    async def leave(self, drain_s: float, refuse_s: float = REFUSE_S) -> None:
        """Refuses calls for `refuse_s`, so that callers turn to another replica, then closes the port.

        Calls in flight are answered; those still unanswered after another `drain_s` are aborted.
        """
        self._readiness.waiting_for("end")
        await self._tell(health_pb2.HealthCheckResponse.NOT_SERVING)
        self._service.admission.close()
        await asyncio.sleep(refuse_s)
        await self.stop(drain_s)

    async def stop(self, grace_s: float) -> None:
        """Closes the port at once, and aborts calls that are still in flight after `grace_s`."""
        await self._server.stop(grace_s)

    async def _tell(self, status: int) -> None:
        """Sets the health status of the process as a whole and of its services."""
        for name in ("", *self._names):
            await self._health.set(name, status)
