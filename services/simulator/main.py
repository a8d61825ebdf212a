"""`python -m services.simulator.main`: seeded shoppers and a simulated ad server, on real Kafka and real gRPC.

Runs until SIGTERM, Ctrl-C, or with `--tied` the end of its standard input. Four times a second it writes one line of
JSON to standard output about the ad server's answers: `{"waits_ms": [...], "degraded": n, "failed": n,
"failure": text}`. It reports nothing else: all other figures are counted from Kafka and Feast, where they arise.
"""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("simulator")  # before the other imports, which take seconds

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from services.assets.creative_table import CreativeTable
from services.assets.kafka_creatives import KafkaCreatives
from services.catalogue.catalogue import demo_catalogue, read_catalogue
from services.common.clock import SystemClock
from services.common.errors import AdloomError
from services.common.secrets import load_pseudonym_key
from services.common.settings import AtLeastOne, NotNegative, read, shown
from services.runtime.grpc_channel import open_aio_channel
from services.runtime.process import asked_loop_to_leave
from services.simulator.crowd import Crowd
from services.simulator.emit import Emitter
from services.simulator.grpc_ad_server import GrpcAdServer
from services.simulator.shoppers import WORLD_SEED, Truth
from services.simulator.shopping import Shopping, World, play_visits
from services.simulator.token_bucket import TokenBucket
from services.wire.kafka.producer import Producer, ProducerSettings

_REPORT_S: Final = 0.25
_LEAVE_S: Final = 6.0  # nearly every click on an ad comes sooner
_FLUSH_S: Final = 35.0  # longer than the producer tries
_FOLLOWER_S: Final = 2.0  # ten of its polls


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """Read from `ADLOOM_*`."""

    kafka: str = "127.0.0.1:9092"
    creative: str = "127.0.0.1:50051"
    secrets_dir: Path = field(default_factory=lambda: Path(".adloom/secrets"))
    catalogue: Path | None = None  # a JSON file; None: the demo catalogue
    simulator_seed: int = 1  # decides what shoppers do
    simulator_world: int = WORLD_SEED  # decides who they are and their true click probabilities
    simulator_shoppers: AtLeastOne = 5_000
    simulator_events_per_s: NotNegative = 150.0
    simulator_decisions_per_s: NotNegative = 60.0
    simulator_run: str = "run"  # prefix of the ids of this run's events and requests


async def main(settings: SimulatorSettings, tied: bool) -> None:
    """Plays until it is stopped; returns when Kafka has every event, else raises `Unavailable`."""
    stop = await _stop_event(tied)
    clock = SystemClock()
    catalogue = read_catalogue(settings.catalogue) if settings.catalogue else demo_catalogue()
    truth = Truth(settings.simulator_world)
    crowd = Crowd(truth, catalogue, settings.simulator_shoppers, settings.simulator_seed)
    producer = await asyncio.to_thread(Producer, ProducerSettings(settings.kafka, client_id="adloom-simulator"))
    creatives = KafkaCreatives(settings.kafka)
    creatives.follower.start()
    emitter = Emitter(producer, load_pseudonym_key(settings.secrets_dir), settings.simulator_run, clock)
    async with open_aio_channel(settings.creative) as channel:
        ads = GrpcAdServer(channel)
        decisions = TokenBucket(settings.simulator_decisions_per_s, clock.monotonic())
        world = World(truth, catalogue, emitter, ads, looks(creatives.table), clock)
        shopping = Shopping(world, settings.simulator_run, decisions)
        visits = play_visits(crowd, shopping, settings.simulator_events_per_s, clock)
        await _until_told(stop, shopping, (visits, _report(ads), _flush_often(producer)))
        _print_answers(ads)
    await asyncio.to_thread(creatives.follower.stop, _FOLLOWER_S)
    await asyncio.to_thread(producer.flush, _FLUSH_S)
    await asyncio.to_thread(producer.close, _FLUSH_S)


async def _until_told(stop: asyncio.Event, shopping: Shopping, endless: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Does endless work until `stop` is set and shoppers have finished the ads that they see."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in endless]
        await stop.wait()
        shopping.leave()
        await asyncio.sleep(_LEAVE_S)
        for task in tasks:
            task.cancel()


def looks(table: CreativeTable) -> Callable[[str], Mapping[str, str]]:
    """What each creative is made of; nothing is known of one that is not in the table (yet)."""

    def elements_of(creative_id: str) -> Mapping[str, str]:
        creative = table.served(creative_id)
        return {} if creative is None else creative.elements

    return elements_of


async def _report(ads: GrpcAdServer) -> None:
    while True:
        await asyncio.sleep(_REPORT_S)
        _print_answers(ads)


def _print_answers(ads: GrpcAdServer) -> None:
    sys.stdout.write(f"{json.dumps(asdict(ads.take()))}\n")
    sys.stdout.flush()


async def _flush_often(producer: Producer) -> None:
    """Flushes every second, so that delivery errors are raised soon."""
    while True:
        await asyncio.sleep(1.0)
        await asyncio.to_thread(producer.flush, _FLUSH_S)


async def _stop_event(tied: bool) -> asyncio.Event:
    """Set by SIGTERM or Ctrl-C, and where the process is `tied`, by the end of its standard input."""
    stop = asked_loop_to_leave()
    if tied:
        await asyncio.get_running_loop().connect_read_pipe(lambda: _EndOfInput(stop), sys.stdin)
    return stop


class _EndOfInput(asyncio.Protocol):
    """Sets the event when the input ends."""

    def __init__(self, ended: asyncio.Event) -> None:
        self._ended = ended

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended.set()


def run() -> int:
    """The process; an error's status with one sentence where something failed."""
    status = 0
    try:
        settings = read(SimulatorSettings, os.environ)
        sys.stderr.write(f"{shown(settings)}\n")
        asyncio.run(main(settings, tied="--tied" in sys.argv))
    except* AdloomError as errors:
        error = first_of(errors)
        sys.stderr.write(f"adloom: {error}\n")
        status = error.exit_status
    return status


def first_of(group: BaseExceptionGroup[AdloomError]) -> AdloomError:
    """One error of a nest of groups."""
    error = group.exceptions[0]
    return first_of(error) if isinstance(error, BaseExceptionGroup) else error


if __name__ == "__main__":
    sys.exit(run())
