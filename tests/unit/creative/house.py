"""The creative-service put together from shipped fakes, behind a real gRPC channel."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1 import creative_service_pb2_grpc as stubs
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.assets.creative_sink import CreativeSink
from services.assets.demo import load_demo
from services.assets.library import Library
from services.assets.memory_library import memory_creatives, memory_library
from services.catalogue.catalogue import demo_catalogue, demo_products
from services.catalogue.facts_table import table_of
from services.catalogue.offers import Offers
from services.common.clock import SystemClock
from services.common.pseudonym import PseudonymKey
from services.common.secrets import Secrets
from services.common.token import TokenKeys
from services.common.topics import IMPRESSIONS
from services.creative.assemble import Assembly, Clients, assemble
from services.creative.campaigns.at_request import CampaignParts
from services.creative.server import build_server
from services.creative.settings import CreativeSettings
from services.features.memory_profiles import MemoryProfiles
from services.features.memory_store import MemoryStore
from services.models.fake_models import FakeModels
from services.policies.posterior import PRIOR, Posterior
from services.runtime.health import Readiness
from services.wire.codec.decode import decode
from services.wire.codec.memory_sink import MemorySink

SECRETS = Secrets(PseudonymKey(1, b"p" * 32), TokenKeys("1", {"1": b"t" * 32}), b"s" * 32)


@dataclass(frozen=True)
class Assets:
    """What a library consists of; several libraries, as of several processes, may share it."""

    folder: Path
    creatives: CreativeSink

    def library(self) -> Library:
        """A library of it."""
        return memory_library(self.folder, demo_catalogue().index.__contains__, SystemClock(), self.creatives)

    def copied(self, folder: Path) -> Assets:
        """Another one with the same content."""
        copy = Assets(Path(shutil.copytree(self.folder, folder)), memory_creatives(SystemClock()))
        copy.creatives.put(list(self.creatives.table.all(lambda row: True)))
        return copy


def with_demo(folder: Path) -> Assets:
    """A library with the demo in it."""
    assets = Assets(folder, memory_creatives(SystemClock()))
    load_demo(assets.library(), demo_catalogue())
    return assets


@dataclass
class House:
    """The fakes of one test, and what came of them."""

    assets: Assets
    data: Path
    store: MemoryStore = field(default_factory=MemoryStore)
    store_delay_s: float = 0.0
    models: FakeModels = field(default_factory=FakeModels)
    sink: MemorySink = field(default_factory=MemorySink)
    posterior: Callable[[], Posterior] = lambda: PRIOR
    offers: Offers = field(default_factory=Offers)
    campaigns: CampaignParts = field(default_factory=CampaignParts)
    settings: Mapping[str, object] = field(default_factory=dict)
    products_whole: Callable[[], bool] = lambda: True
    text_encoder: str = ""  # version whose text vectors count
    running: Assembly | None = None  # the last one that was made

    def assembly(self) -> Assembly:
        """The process without its port, by the same function as the real one."""
        settings = CreativeSettings(assets_dir=str(self.assets.folder), data_dir=self.data, **self.settings)  # type: ignore[arg-type]
        clients = Clients(
            SystemClock(),
            MemoryProfiles(self.store, self.store_delay_s),
            self.models,
            "ctr-fake",
            "generator-fake",
            lambda: self.sink,
            self.posterior,
            self.assets.creatives,
            self.offers,
            self.campaigns,
            products=table_of(demo_products(), demo_catalogue().vocabulary),
            products_whole=self.products_whole,
            text_encoder=self.text_encoder,
        )
        self.running = assemble(settings, clients, SECRETS)
        return self.running

    def settle(self) -> None:
        """Waits until requests see all that was changed."""
        assert self.running is not None
        self.running.increments.catch_up()

    @asynccontextmanager
    async def served(self) -> AsyncIterator[grpc.aio.Channel]:
        """A channel to a real server on a free port."""
        assembly = self.assembly()
        server = build_server(assembly.servicer, Readiness())
        port = server.add_insecure_port("127.0.0.1:0")
        assembly.start()
        await server.start()
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield channel
        finally:
            await server.stop(1.0)
            assembly.stop(2.0)

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[stubs.CreativeServiceStub]:
        """A client of such a server."""
        async with self.served() as channel:
            yield stubs.CreativeServiceStub(channel)

    def records(self) -> list[Impression]:
        """The decision records that reached the topic, checked as every consumer checks them."""
        found = [decode(raw).message for raw in self.sink.read(IMPRESSIONS)]
        assert all(isinstance(record, Impression) for record in found)
        return found  # type: ignore[return-value]


def page(**fields: object) -> pb.SelectCreativesRequest:
    """A valid request for one creative, with other fields where given."""
    given: dict[str, object] = {
        "request_id": "r-1",
        "user_id": "alice",
        "placements": [pb.Placement(placement_id="top", format="300x250", count=1)],
    }
    return pb.SelectCreativesRequest(**{**given, **fields})  # type: ignore[arg-type]
