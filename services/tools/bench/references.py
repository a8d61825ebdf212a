"""The bare reference programs; each does the least that the part which we build on can do.

    python -m services.tools.bench.references echo PORT
    python -m services.tools.bench.references aiokafka ADDRESS TOPIC EVENTS FOLDER
    python -m services.tools.bench.references faust ADDRESS TOPIC EVENTS FOLDER

The consumers print `{"events":, "seconds":}` for all events after the first tenth, as our worker is measured; echo
serves until it is ended.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import aiokafka
import faust
import grpc
import uvloop

from services.common.topics import PARTITIONS
from services.tools.bench.stopwatch import Stopwatch

ECHO_METHOD = "/adloom.bench.Echo/Echo"


def main(arguments: list[str]) -> None:
    """Runs the reference that the first argument names."""
    name, *rest = arguments
    if name == "echo":
        uvloop.run(echo(int(rest[0])))
    elif name == "aiokafka":
        uvloop.run(bare_aiokafka(rest[0], rest[1], int(rest[2])))
    elif name == "faust":
        bare_faust(rest[0], rest[1], int(rest[2]), Path(rest[3]))
    else:
        sys.exit(f"reference: {name!r} where echo, aiokafka or faust was expected")


async def echo(port: int) -> None:
    """A gRPC server that answers every request with its own bytes."""

    async def same(request: bytes, context: grpc.aio.ServicerContext) -> bytes:
        return request

    server = grpc.aio.server()
    service, _, method = ECHO_METHOD[1:].partition("/")
    handler = grpc.method_handlers_generic_handler(service, {method: grpc.unary_unary_rpc_method_handler(same)})
    server.add_generic_rpc_handlers((handler,))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await server.wait_for_termination()


async def bare_aiokafka(address: str, topic: str, events: int) -> None:
    """Reads the topic from its start, decodes nothing."""
    consumer = aiokafka.AIOKafkaConsumer(topic, bootstrap_servers=address, auto_offset_reset="earliest")
    await consumer.start()
    try:
        clock, seen = Stopwatch(events), 0
        while seen < events:
            batch = await consumer.getmany(timeout_ms=1000, max_records=500)
            seen += sum(len(records) for records in batch.values())
            clock.look(seen)
    finally:
        await consumer.stop()


def bare_faust(address: str, topic: str, events: int, folder: Path) -> None:
    """One Faust worker, one agent, one table update an event, on the store that our workers use."""
    app = faust.App(
        f"bench-bare-faust-{os.getpid()}",
        broker=f"kafka://{address}",
        store="rocksdb://?driver=rocksdict",
        datadir=folder,
        topic_partitions=PARTITIONS,
        topic_replication_factor=1,
        consumer_auto_offset_reset="earliest",
        web_enabled=False,
        worker_redirect_stdouts=False,  # its output is read by the benchmark
    )
    counts = app.Table("counts", default=int, key_type=bytes, partitions=PARTITIONS)
    source = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    clock, seen = Stopwatch(events), 0

    @app.agent(source, name="counter")
    async def counter(stream: Any) -> None:
        nonlocal seen
        async for event in stream.events():
            counts[event.key] += 1
            seen += 1
            if clock.look(seen):
                os._exit(0)  # only its speed is measured; a clean end takes seconds

    faust.Worker(app, loglevel="WARN", loop=asyncio.new_event_loop()).execute_from_commandline()


if __name__ == "__main__":
    main(sys.argv[1:])
