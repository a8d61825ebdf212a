"""The creative service with the shipped fakes behind its ports: measures its server without Kafka and Triton.

    python -m services.tools.drills.overload.creative_on_fakes ADDRESS FOLDER

Prints "serving" when it is ready, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import uvloop

from services.assets.demo import load_demo
from services.assets.memory_library import memory_creatives, memory_library
from services.catalogue.catalogue import demo_catalogue, demo_products
from services.catalogue.facts_table import table_of
from services.common.clock import SystemClock
from services.common.secrets import load_or_make
from services.creative.assemble import Clients, assemble
from services.creative.server import build_server
from services.creative.settings import CreativeSettings
from services.features.memory_profiles import MemoryProfiles
from services.features.memory_store import MemoryStore
from services.models.fake_models import FakeModels
from services.policies.posterior import PRIOR
from services.runtime.grpc_server import listen
from services.runtime.health import Readiness
from services.wire.codec.memory_sink import MemorySink


async def main(address: str, folder: Path) -> None:
    """Serves until standard input ends."""
    clock, sink = SystemClock(), MemorySink()
    catalogue, creatives = demo_catalogue(), memory_creatives(clock)
    load_demo(memory_library(folder / "assets", catalogue.index.__contains__, clock, creatives), catalogue)
    settings = CreativeSettings(assets_dir=str(folder / "assets"), data_dir=folder / "data", creative=address)
    profiles = MemoryProfiles(MemoryStore())
    products = table_of(demo_products(), catalogue.vocabulary)
    fakes = (clock, profiles, FakeModels(), "fake", "fake", lambda: sink, lambda: PRIOR)
    clients = Clients(*fakes, creatives=creatives, products=products)
    assembly = assemble(settings, clients, load_or_make(folder / "secrets"))
    server = build_server(assembly.servicer, Readiness())
    listen(server, address, "ADDRESS")
    assembly.start()
    await server.start()
    sys.stdout.write("serving\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(1.0)
    assembly.stop(1.0)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    sys.setswitchinterval(0.0005)
    uvloop.run(main(sys.argv[1], Path(sys.argv[2])))
