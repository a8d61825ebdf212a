"""The process: settings -> clients -> serve; SIGTERM: refuse, drain, flush, exit with status 0."""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("creative")  # before the other imports, which take seconds

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Sequence
from typing import Final

import uvloop

from services.assets.creative_sink import CreativeSink
from services.assets.creative_table import CreativeTable
from services.assets.kafka_creatives import KafkaCreatives
from services.catalogue.catalogue import demo_catalogue
from services.catalogue.facts_table import FactsTable
from services.catalogue.kafka_facts import KafkaVocabulary
from services.catalogue.kafka_offers import KafkaOffers
from services.common.clock import SystemClock
from services.common.key_file import KeyFile
from services.common.secrets import load_or_make
from services.common.settings import read
from services.creative.assemble import Assembly, Clients, assemble
from services.creative.campaigns.at_request import CampaignParts
from services.creative.campaigns.clients import CampaignClients
from services.creative.catching_up import catch_up
from services.creative.default_profiles import keep_defaults_fresh
from services.creative.lay_out import Shop, lay_out_by
from services.creative.policy_reader import PolicyReader
from services.creative.server import build_server
from services.creative.settings import CreativeSettings
from services.features.feast_async_reader import FeastAsyncReader
from services.features.feast_reader import FeastReader
from services.models.manifest import served_version
from services.models.tensors import CREATIVE_GENERATOR, CTR
from services.models.text_encoder.axes import served_axes
from services.models.triton_client import TritonModels
from services.runtime.folder_lock import alone_in
from services.runtime.grpc_server import listen
from services.runtime.health import Readiness
from services.runtime.process import asked_loop_to_leave, run_process
from services.wire.kafka.compacted import CompactedFollower
from services.wire.kafka.producer import Producer, ProducerSettings

_LOG = logging.getLogger("services.creative")
_KAFKA_BLOCK_S: Final = 0.5  # how long a record waits for producer buffer space; then it stays in the journal
_KAFKA_TRIES_S: Final = 5.0
_KAFKA_LINGER_MS: Final = 5  # the outbox sends batches: about as long as sending one takes
_KAFKA_CONNECT_S: Final = 2.0  # blocks the outbox thread only; a broker that was just restarted is slow
_TOPICS_WAIT_S: Final = 5.0  # at start, for the next message of any topic; without any: the prior, and the house
_SWITCH_S: Final = 0.0005  # background threads yield to requests ten times sooner than with Python's default
_DEFAULTS_EVERY_S: Final = 60.0
_GC_YOUNG: Final = 20_000  # a request allocates a few hundred objects, almost none of them in cycles


async def serve(settings: CreativeSettings, readiness: Readiness) -> None:
    """Serves until SIGTERM or SIGINT."""
    asked_to_leave = asked_loop_to_leave()
    models = TritonModels(settings.triton)
    reader = FeastReader(settings.redis)
    policy = PolicyReader(settings.kafka)
    products = KafkaOffers(settings.kafka, SystemClock(), FactsTable(demo_catalogue().vocabulary))
    vocabulary = KafkaVocabulary(settings.kafka, products.products)
    creatives = KafkaCreatives(settings.kafka)
    campaigns = CampaignClients(settings.kafka, settings.redis, SystemClock())
    clients = clients_of(settings, reader, models, policy, products, creatives.table, campaigns.parts)
    keys = KeyFile(settings.secrets_dir, clients.clock.monotonic)
    assembly = assemble(settings, clients, load_or_make(settings.secrets_dir), keys.keys)
    readers = (policy, vocabulary, products, creatives, campaigns.campaigns)
    for each in readers:
        each.refuse = lambda record: assembly.outbox.offer([record])
    server = build_server(assembly.servicer, readiness)
    listen(server, settings.creative, "ADLOOM_CREATIVE")
    followers = [each.follower for each in readers]
    start(assembly, campaigns, followers)
    await asyncio.to_thread(catch_up, followers, assembly.increments, readiness, _TOPICS_WAIT_S)
    assembly.warm()
    settle_memory()  # what was read is kept: a full collection would look at all of it
    await server.start()
    _LOG.info("Serving on %s with posterior %d", settings.creative, policy.current.version)
    defaults = asyncio.create_task(keep_defaults_fresh(reader.refresh_defaults, _DEFAULTS_EVERY_S))
    await asked_to_leave.wait()
    defaults.cancel()
    await server.leave(settings.drain_s)
    await asyncio.to_thread(leave, assembly, campaigns, followers, settings.drain_s)
    await models.close()


def clients_of(  # noqa: PLR0913 - one parameter a client
    settings: CreativeSettings,
    reader: FeastReader,
    models: TritonModels,
    policy: PolicyReader,
    products: KafkaOffers,
    creatives: CreativeTable,
    campaigns: CampaignParts,
) -> Clients:
    """The real clients; none of them is connected yet."""
    producer = ProducerSettings(
        settings.kafka,
        "creative",
        linger_ms=_KAFKA_LINGER_MS,
        block_s=_KAFKA_BLOCK_S,
        delivery_s=_KAFKA_TRIES_S,
        connect_s=_KAFKA_CONNECT_S,
    )
    clock = SystemClock()
    return Clients(
        clock=clock,
        profiles=FeastAsyncReader(settings.redis, reader.default_of),
        models=models,
        ctr_version=served_version(CTR.name, settings.models_dir),
        generator_version=served_version(CREATIVE_GENERATOR.name, settings.models_dir),
        connect=lambda: Producer(producer),
        posterior=lambda: policy.current,
        offers=products.offers,
        campaigns=campaigns,
        products=products.products,
        products_whole=products.follower.caught_up.is_set,
        creatives=CreativeSink(lambda: Producer(producer), creatives, clock),
        lay_out=lay_out_by(
            settings.composers, Shop(settings.assets_dir, settings.brand, settings.time_zone, settings.screen)
        ),
        text_encoder=served_axes(settings.models_dir).encoder,
    )


def settle_memory() -> None:
    """Excludes the objects made at start from garbage collection, and makes collections rare."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_YOUNG)


def start(assembly: Assembly, campaigns: CampaignClients, followers: Sequence[CompactedFollower]) -> None:
    """Starts all that runs beside the server."""
    for follower in followers:
        follower.start()
    assembly.start()
    campaigns.start()


def leave(
    assembly: Assembly, campaigns: CampaignClients, followers: Sequence[CompactedFollower], drain_s: float
) -> None:
    """Flushes what waits for Kafka and closes the clients."""
    campaigns.stop(drain_s)
    for follower in followers:
        follower.stop(drain_s)
    assembly.stop(drain_s)


def serve_alone(settings: CreativeSettings, readiness: Readiness) -> None:
    """Runs `serve`; raises `Misconfigured` if another process writes its journal into the data folder.

    A second process would treat the first one's files as left by a dead process: it would send them again and delete
    segments that the first process still writes to.
    """
    with alone_in(settings.data_dir, "creative"):
        uvloop.run(serve(settings, readiness))


def main() -> int:
    """Runs until SIGTERM or SIGINT; returns the exit status."""
    sys.setswitchinterval(_SWITCH_S)
    settle_memory()
    return run_process(
        "creative",
        lambda: read(CreativeSettings, os.environ),
        serve_alone,
    )


if __name__ == "__main__":
    sys.exit(main())
