"""The process: settings -> clients -> serve; SIGTERM: refuse, drain, flush, exit with status 0."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import uvloop

from services.catalogue.catalogue import demo_catalogue, read_catalogue
from services.common.clock import SystemClock
from services.common.key_file import KeyFile
from services.common.settings import read
from services.runtime.health import Readiness
from services.runtime.process import asked_loop_to_leave, run_process
from services.web.app import Parts, build
from services.web.grpc_services import GrpcServices
from services.web.server import WebServer
from services.web.settings import WebSettings
from services.web.tracking.kafka_creative_links import KafkaCreativeLinks
from services.web.tracking.kafka_links import KafkaLinks
from services.web.tracking.publisher import Publisher
from services.wire.kafka.await_broker import await_broker
from services.wire.kafka.producer import ProducerSettings

_LOG = logging.getLogger("services.web")
_CONNECT_S: Final = 1.0
_BLOCK_S: Final = 0.5
_THREADS: Final = 4


async def serve(settings: WebSettings, readiness: Readiness) -> None:
    """Waits for Kafka without a time limit, then serves until SIGTERM or SIGINT."""
    asked_to_leave = asked_loop_to_leave()
    chosen = ProducerSettings(settings.kafka, "web", linger_ms=2, connect_s=_CONNECT_S, block_s=_BLOCK_S)
    producer = await await_broker(chosen, readiness, asked_to_leave)
    if producer is None:
        return
    links, creative_links = KafkaLinks(settings.kafka), KafkaCreativeLinks(settings.kafka)
    links.follower.start()
    creative_links.follower.start()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="hand-over") as threads:
        async with GrpcServices(settings) as services:
            publisher = Publisher(producer, threads)
            parts = parts_of(settings, services, publisher, links, creative_links.links)
            server = WebServer(build(parts, settings), settings)
            await server.start()
            readiness.ready()
            _LOG.info("Serving on %s as %s", settings.web, settings.url)
            sending = asyncio.create_task(publisher.keep_sending())
            await asked_to_leave.wait()
            readiness.waiting_for("end")
            await server.leave()
            sending.cancel()
            await publisher.send_again()  # a last try
    for follower in (links.follower, creative_links.follower):
        await asyncio.to_thread(follower.stop, settings.drain_s)
    await asyncio.to_thread(producer.close, settings.drain_s)
    await asyncio.sleep(0)  # what the producer told while it closed is settled now
    name_lost(publisher)


def name_lost(publisher: Publisher) -> None:
    """Says how much goes with the process."""
    if publisher.waiting:
        _LOG.error("%d events that Kafka did not take are lost", publisher.waiting)


def parts_of(
    settings: WebSettings,
    services: GrpcServices,
    publisher: Publisher,
    links: KafkaLinks,
    creative_links: Mapping[str, str],
) -> Parts:
    """What the routes stand on."""
    clock = SystemClock()
    catalogue = demo_catalogue() if settings.catalogue is None else read_catalogue(settings.catalogue)
    keys = KeyFile(settings.secrets_dir, clock.monotonic).keys
    return Parts(services, publisher, keys, catalogue, clock, links.pages, links.hosts, creative_links)


def main() -> int:
    """Runs until SIGTERM or SIGINT; returns the exit status."""
    return run_process(
        "web", lambda: read(WebSettings, os.environ), lambda settings, ready: uvloop.run(serve(settings, ready))
    )


if __name__ == "__main__":
    sys.exit(main())
