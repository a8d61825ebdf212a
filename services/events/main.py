"""The process: settings -> clients -> serve; SIGTERM: refuse, drain, flush, exit with status 0."""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("events")  # before the other imports, which take seconds

import asyncio
import logging
import os
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor

from services.assets.campaigns.kafka_campaigns import KafkaCampaigns, KafkaCampaignSink
from services.assets.campaigns.spending.redis_counters import RedisCounters
from services.catalogue.kafka_product_table import KafkaProductTable
from services.common.clock import SystemClock
from services.common.consent import consent_of
from services.common.secrets import load_pseudonym_key
from services.common.settings import read
from services.events.campaign_servicer import CampaignServicer, Shop
from services.events.catalogue_servicer import LATE, CatalogueServicer
from services.events.publish import Publisher
from services.events.server import Servicers, build_server
from services.events.servicer import EventServicer
from services.events.settings import EventsSettings
from services.runtime.grpc_server import listen
from services.runtime.health import Readiness
from services.runtime.process import asked_loop_to_leave, run_process
from services.wire.kafka.await_broker import await_broker
from services.wire.kafka.producer import Producer, ProducerSettings

_LOG = logging.getLogger("services.events")
_CONNECT_S = 1.0
_BLOCK_S = 0.5
_THREADS = 4


async def serve(settings: EventsSettings, readiness: Readiness) -> None:
    """Waits for Kafka without a time limit, then serves until SIGTERM or SIGINT."""
    asked_to_leave = asked_loop_to_leave()
    producer = await await_broker(producer_settings(settings), readiness, asked_to_leave)
    if producer is None:
        return
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="hand-over") as threads:
        await serve_with(producer, threads, settings, readiness, asked_to_leave)
    await asyncio.to_thread(producer.close, settings.drain_s)


def producer_settings(settings: EventsSettings) -> ProducerSettings:
    """How the events reach Kafka: at once, or not at all within the time that callers give."""
    return ProducerSettings(
        settings.kafka,
        "events",
        linger_ms=2,
        connect_s=_CONNECT_S,
        block_s=_BLOCK_S,
        delivery_s=settings.default_deadline_s,
    )


async def serve_with(
    producer: Producer,
    threads: ThreadPoolExecutor,
    settings: EventsSettings,
    readiness: Readiness,
    asked_to_leave: asyncio.Event,
) -> None:
    """Serves until SIGTERM or SIGINT, then answers the requests in flight."""
    key, clock = load_pseudonym_key(settings.secrets_dir), SystemClock()
    consent = consent_of(settings.consent)
    products, campaigns = KafkaProductTable(settings.kafka), KafkaCampaigns(settings.kafka)
    shop = Shop(campaigns.table, products.table.has, lambda: products.is_whole() and campaigns.is_whole())
    sink, spending = KafkaCampaignSink(settings.kafka, clock), RedisCounters(settings.redis)
    servicers = Servicers(
        EventServicer(Publisher(producer, threads), key, clock, lambda: uuid.uuid4().hex, consent),
        CatalogueServicer(Publisher(producer, threads, LATE), products.table, products.is_whole, clock),
        CampaignServicer(shop, sink, spending, clock),
    )
    server = build_server(servicers, settings, readiness)
    listen(server, settings.events, "ADLOOM_EVENTS")
    followers = (products.follower, campaigns.follower)
    for follower in followers:
        follower.start()  # nobody waits for it: events are taken meanwhile
    await server.start()
    _LOG.info("Serving on %s", settings.events)
    await asked_to_leave.wait()
    await server.leave(settings.drain_s)
    for follower in followers:
        await asyncio.to_thread(follower.stop, settings.drain_s)
    spending.close()


def main() -> int:
    """Runs until SIGTERM or SIGINT; returns the exit status."""
    return run_process(
        "events", lambda: read(EventsSettings, os.environ), lambda settings, ready: asyncio.run(serve(settings, ready))
    )


if __name__ == "__main__":
    sys.exit(main())
