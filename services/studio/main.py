"""Runs the studio: `python -m services.studio.main`, settings from `ADLOOM_*`. One process is meant to run."""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("studio")  # before the other imports, which take seconds

import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from services.assets.creative_sink import CreativeSink
from services.assets.pictures.picture_store import pictures_in
from services.assets.screened import Screener
from services.common.clock import SystemClock
from services.common.errors import Unavailable
from services.common.settings import read
from services.composer.photos import u2net_onnx
from services.composer.photos.cut_out import CutOut
from services.runtime.health import Readiness
from services.runtime.process import asked_to_leave, run_process
from services.screening.judges import Installed
from services.screening.policy import policy_in
from services.studio.desk import Desk
from services.studio.follow import Topics
from services.studio.prepared_photos import PreparedPhotos
from services.studio.progress import Progress
from services.studio.settings import StudioSettings, approver_of, counts_of, kit_of, zone_of
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
    terms = terms_of(settings)
    leave, clock, desk = asked_to_leave(), SystemClock(), Desk()
    readiness.waiting_for("kafka")
    readiness.has("start")
    producer = _connected(settings.kafka, leave)
    if producer is None:
        return
    topics = Topics(settings.kafka, desk, clock)
    topics.refuse = producer.send
    topics.start()
    sink = CreativeSink(lambda: producer, topics.table, clock)
    pool = ThreadPoolExecutor(settings.photo_threads, "photos")
    photos = PreparedPhotos(pictures_in(settings.assets_dir), cut_out(), desk.look_at, pool.submit)
    studio = Studio(desk, sink, photos, terms, clock)
    progress = Progress(readiness, desk, studio, sum(terms.counts.values()))
    while not leave.is_set() and not topics.are_read():
        leave.wait(_IDLE_S)
    while not leave.is_set():
        work(studio, progress, lambda: topics.vocabulary.step(producer), leave)
    topics.stop()
    pool.shutdown(wait=False, cancel_futures=True)  # those that wait are asked for again at the next start
    producer.close(_LEAVE_S)


def terms_of(settings: StudioSettings) -> Terms:
    """What the settings want; raises `Misconfigured`."""
    zone, kit = zone_of(settings.time_zone), kit_of(settings.brand)
    screener = Screener(Installed(), policy_in(settings.screen), kit, zone)
    return Terms(counts_of(settings.formats), approver_of(settings.approve), zone, kit, screener)


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


def cut_out() -> CutOut:
    """The model for cut-outs, where one is installed."""
    found = u2net_onnx.installed()
    if found.missing:
        _LOG.warning("photos are cut out by their plain ground, or framed: %s", found.missing)
    return found


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
