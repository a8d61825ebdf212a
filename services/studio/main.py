"""Runs the studio: `python -m services.studio.main`, settings from `ADLOOM_*`. Each has a share of the products."""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("studio")  # before the other imports, which take seconds

import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import Final

from services.assets.creative_sink import CreativeSink
from services.common.clock import SystemClock
from services.common.errors import Unavailable
from services.common.settings import read
from services.runtime.child import Start
from services.runtime.health import Readiness
from services.runtime.process import asked_to_leave, run_process
from services.studio.follow import Topics
from services.studio.makers import MAKER, Makers
from services.studio.progress import Progress
from services.studio.settings import (
    StudioSettings,
    approver_of,
    budget_of,
    counts_of,
    kit_of,
    workers_of,
    zone_of,
)
from services.studio.share import share_of
from services.studio.work import Studio, Terms
from services.wire.kafka.producer import Producer, ProducerSettings

_LOG = logging.getLogger("services.studio")
_IDLE_S: Final = 0.1
_RETRY_S: Final = 1.0
_LEAVE_S: Final = 5.0


def main() -> int:
    """Runs until SIGTERM; the exit status."""
    return run_process("studio", lambda: read(StudioSettings, os.environ), serve)


def serve(settings: StudioSettings, readiness: Readiness) -> None:
    """Makes ads until SIGTERM or SIGINT."""
    zone, kit, workers = zone_of(settings.time_zone), kit_of(settings.brand), workers_of(settings.studio_workers)
    share = share_of(settings.studio_index, settings.studio_shares)
    terms = Terms(counts_of(settings.formats), approver_of(settings.approve), budget_of(settings), 2 * workers)
    leave, clock = asked_to_leave(), SystemClock()
    readiness.waiting_for("kafka")
    readiness.has("start")
    producer = _connected(settings.kafka, leave)
    if producer is None:
        return
    topics = Topics(settings.kafka, share, clock)
    topics.refuse = producer.send
    topics.start()
    makers = Makers(workers, Start(MAKER, (settings.assets_dir, zone, kit)))
    studio = Studio(topics.desk, CreativeSink(lambda: producer, topics.table, clock), makers.submit, terms, clock)
    progress = Progress(readiness, topics.desk, studio, sum(terms.counts.values()))
    while not leave.is_set() and not topics.are_read():
        leave.wait(_IDLE_S)
    while not leave.is_set():
        work(studio, progress, lambda: share.is_first and topics.vocabulary.step(producer), leave)
    topics.stop()
    makers.close()
    producer.close(_LEAVE_S)


def work(studio: Studio, progress: Progress, keep_vocabulary: Callable[[], bool], leave: threading.Event) -> None:
    """One step; waits where there is nothing to do, or a part is away."""
    try:
        keep_vocabulary()
        done = studio.step()
        progress.tell()
        if not done:
            leave.wait(_IDLE_S)
    except Unavailable as missing:
        _LOG.warning("waits: %s", missing)
        progress.waits_for(missing.part)
        leave.wait(_RETRY_S)


def _connected(kafka: str, leave: threading.Event) -> Producer | None:
    """A producer as soon as a broker answers; None if the process was to end first."""
    while not leave.is_set():
        try:
            return Producer(ProducerSettings(kafka, client_id="adloom-studio"))
        except Unavailable as missing:
            _LOG.info("Waiting: %s", missing)
            leave.wait(_RETRY_S)
    return None


if __name__ == "__main__":
    sys.exit(main())
