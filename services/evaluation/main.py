"""Runs evaluation: `python -m services.evaluation.main`, settings from `ADLOOM_*`. One process at a time."""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("evaluation")  # before the other imports, which take seconds

import logging
import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from protos.gen.adloom.events.v1 import policy_pb2
from services.common import settings
from services.common.clock import SystemClock
from services.common.errors import Misconfigured, Unavailable
from services.common.topics import IMPRESSIONS, OUTCOMES, POLICY
from services.evaluation.counting import decode_all
from services.evaluation.kafka_log import KafkaLog
from services.evaluation.loop import Evaluation
from services.evaluation.publisher import Publisher
from services.evaluation.store import EvaluationStore
from services.policies.assignment import THOMPSON
from services.policies.posterior_parts import WholeVersions
from services.runtime.health import Readiness
from services.runtime.process import asked_to_leave, run_process
from services.wire.kafka.producer import Producer, ProducerSettings
from services.wire.kafka.reader import read_to_end

log = logging.getLogger(__name__)

_RETRY_S: Final = 1.0
_LEAVE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How evaluation runs."""

    kafka: str = "127.0.0.1:9092"
    data_dir: Path = Path(".adloom/data/evaluation")
    health_port: settings.Port = 0
    health_host: str = "127.0.0.1"
    publish_s: settings.Seconds = 1.0  # least time between two reports


def main() -> int:
    """Runs until SIGTERM; the exit status."""
    return run_process("evaluation", lambda: settings.read(Settings, os.environ), serve)


def serve(found: Settings, readiness: Readiness) -> None:
    """Counts and publishes until shutdown is requested."""
    leave = asked_to_leave()
    with closing(open_store(found.data_dir)) as store:
        run(found, store, readiness, leave)


def open_store(folder: Path) -> EvaluationStore:
    """Opens the store in `folder`; raises `Misconfigured` where another process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ledger.sqlite"  # not renamed: deployments have their counts under this name
    try:
        return EvaluationStore(path)
    except sqlite3.OperationalError as exc:
        raise Misconfigured(f"{path} cannot be opened ({exc}): does another evaluation run?") from exc


def run(found: Settings, store: EvaluationStore, readiness: Readiness, leave: threading.Event) -> None:
    """Counts and publishes until shutdown is requested, and publishes the last sums; reconnects after `Unavailable`."""
    while not leave.is_set():
        try:
            with connected(found) as (source, producer):
                clock = SystemClock()
                evaluation = Evaluation(store, source, Publisher(store, producer, clock), clock, found.publish_s)
                evaluation.start(newest_version(found.kafka))
                while not leave.is_set():
                    evaluation.step(readiness)
                evaluation.finish()
        except Unavailable as missing:
            log.warning("waits: %s", missing)
            readiness.waiting_for(missing.part)
            leave.wait(_RETRY_S)


@contextmanager
def connected(found: Settings) -> Iterator[tuple[KafkaLog, Producer]]:
    """A reader and a producer on the broker; raises `Unavailable` where it does not answer."""
    with closing(KafkaLog(found.kafka, (OUTCOMES, IMPRESSIONS))) as source:
        producer = Producer(ProducerSettings(found.kafka, client_id="adloom-evaluation"))
        try:
            yield source, producer
        finally:
            producer.close(_LEAVE_S)


def newest_version(kafka: str) -> policy_pb2.PolicyVersion | None:
    """The newest posterior on `ad.policy`; None where none was ever published. Raises `Unavailable`."""
    parts, versions = WholeVersions(), []
    for event in decode_all(read_to_end(kafka, POLICY))[0]:
        if isinstance(event.message, policy_pb2.PolicyVersion) and event.message.policy_id == THOMPSON:
            whole = parts.add(event.message)
            versions += [] if whole is None else [whole]
    return max(versions, key=lambda version: version.version, default=None)


if __name__ == "__main__":
    sys.exit(main())
