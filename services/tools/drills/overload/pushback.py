"""A probe: a caller beside the load that checks whether refusals say when to retry."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.runtime.grpc_channel import open_channel

_PAUSE_S = 0.04
_DEADLINE_S = 1.0


@dataclass(slots=True)
class Probe:
    """Counts of the probe's refusals."""

    refused: int = 0
    with_pushback: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self, address: str) -> None:
        """Sends about twenty requests a second until it is ended."""
        with open_channel(address) as channel:
            stub = CreativeServiceStub(channel)
            while not self.ended.is_set():
                self._select(stub)
                time.sleep(_PAUSE_S)

    def _select(self, stub: CreativeServiceStub) -> None:
        placement = pb.Placement(placement_id="front", format="300x250", count=1)
        request = pb.SelectCreativesRequest(user_id="probe", placements=[placement])
        try:
            stub.SelectCreatives(request, timeout=_DEADLINE_S)
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
                self.refused += 1
                self.with_pushback += any(
                    name == "grpc-retry-pushback-ms" for name, _ in error.trailing_metadata() or ()
                )


@contextmanager
def probing(address: str) -> Iterator[Probe]:
    """A probe that sends requests inside the `with`."""
    probe = Probe()
    thread = threading.Thread(target=probe.run, args=(address,), daemon=True)
    thread.start()
    try:
        yield probe
    finally:
        probe.ended.set()
        thread.join(5.0)
