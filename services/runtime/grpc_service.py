"""One gRPC service as every process of ours serves it: its methods, health, reflection, and a way to leave.

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
from dataclasses import dataclass
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
"""So long, calls that are on their way here are told to go elsewhere; closing at once would cut them off."""


@dataclass(frozen=True, slots=True)
class GrpcService:
    """What a server serves."""

    name: str  # as the proto has it, "adloom.events.v1.EventService"
    methods: Methods
    admission: Admission
    options: Options
    admitted: frozenset[str] | None = None  # methods whose calls `admission` lets in or refuses; None: all


class ServiceServer:
    """Serves one service; tells `/ready` and gRPC's health service the same."""

    def __init__(self, service: GrpcService, readiness: Readiness) -> None:
        """It has no port yet and is not started."""
        arrivals = Arrivals()
        server = new_server(service.options, arrivals)
        methods = service.methods
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.name, methods),))
        self._health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        reflection.enable_server_reflection((service.name, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
        admitted = {name: methods[name] for name in (methods if service.admitted is None else service.admitted)}
        self._server = LoadSheddingServer(server, service.name, admitted, service.admission, arrivals)
        self._service = service
        self._readiness = readiness

    def add_insecure_port(self, address: str) -> int:
        """As grpc.aio's."""
        return self._server.add_insecure_port(address)

    async def start(self) -> None:
        """Begins to answer, in the running loop; the process is ready."""
        await self._server.start()
        await self._tell(health_pb2.HealthCheckResponse.SERVING)
        self._readiness.ready()

    async def leave(self, drain_s: float, refuse_s: float = REFUSE_S) -> None:
        """Refuses calls for `refuse_s`, so that callers ask another replica, then closes the port.

        Calls that are under way are answered; those that are not after `drain_s` more are ended.
        """
        self._readiness.waiting_for("end")
        await self._tell(health_pb2.HealthCheckResponse.NOT_SERVING)
        self._service.admission.close()
        await asyncio.sleep(refuse_s)
        await self.stop(drain_s)

    async def stop(self, grace_s: float) -> None:
        """Closes the port at once, and ends calls that are under way after `grace_s`."""
        await self._server.stop(grace_s)

    async def _tell(self, status: int) -> None:
        """What probes hear, for the process as a whole and for the service."""
        for name in ("", self._service.name):
            await self._health.set(name, status)
