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
from dataclasses import dataclass
from functools import partial
from typing import Final

from services.assets.creative_sink import CreativeSink
from services.assets.screened import zone_of
from services.common.clock import SystemClock
from services.common.errors import Unavailable
from services.common.settings import read
from services.runtime.health import Readiness
from services.runtime.process import asked_to_leave, run_process
from services.screening.policy import policy_in
from services.studio.asked_formats import AskedFormats
from services.studio.follow import Topics
from services.studio.makers import Makers
from services.studio.progress import Progress
from services.studio.rescreen import Library, Rescreening
from services.studio.settings import (
    StudioSettings,
    approval_of,
    budget_of,
    counts_of,
    workers_of,
)
from services.studio.share import share_of
from services.studio.shop_files import ShopFiles
from services.studio.work import Shelf, Studio, Terms
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
    workers, terms = workers_of(settings.studio_workers), terms_of(settings)
    share = share_of(settings.studio_index, settings.studio_shares)
    leave, clock = asked_to_leave(), SystemClock()
    files = ShopFiles(settings, clock)
    readiness.waiting_for("kafka")
    readiness.has("start")
    producer = _connected(settings.kafka, leave)
    if producer is None:
        return
    topics = Topics(settings.kafka, share, clock, AskedFormats(settings.asked_formats, terms.counts))
    topics.refuse = producer.send
    topics.start()
    makers = Makers(workers, files.start())
    shelf = Shelf(CreativeSink(lambda: producer, topics.table, clock), topics.verdicts, topics.wishes)
    studio = Studio(topics.desk, shelf, makers.submit, terms, clock)
    library = Library(shelf.creatives, topics.judged, topics.desk, share)
    again = Rescreening(library, makers.rescreen, studio.hour, clock, terms.at_once)
    progress = Progress(readiness, topics.desk, studio, sum(terms.counts.values()), again.waiting)
    while not leave.is_set() and not topics.are_read():
        leave.wait(_IDLE_S)
    topics.remember_asked(terms.counts)
    working = Working(studio, again, progress)
    follow = partial(_follow, files, makers, topics, again, producer)
    while not leave.is_set():
        work(working, follow, leave)
    topics.stop()
    makers.close()
    producer.close(_LEAVE_S)


def terms_of(settings: StudioSettings) -> Terms:
    """What the settings want; raises `Misconfigured`."""
    zone_of(settings.time_zone)
    policy_in(settings.screen)  # makers read both, and would say too late what is wrong with them
    approval = approval_of("person" if settings.four_eyes else settings.approve, settings.review_sample)
    at_once = 2 * workers_of(settings.studio_workers)  # each maker has its next job at hand
    return Terms(counts_of(settings.formats), approval, budget_of(settings), at_once)


def _follow(files: ShopFiles, makers: Makers, topics: Topics, again: Rescreening, producer: Producer) -> None:
    """What is followed beside products: the shop's files, campaigns, and for all shares together the vocabulary."""
    files.follow(makers, again, topics.desk, topics.renew)
    topics.heed_campaigns()
    topics.heed_placements()
    if topics.desk.share.is_first:
        topics.vocabulary.step(producer)


@dataclass(frozen=True, slots=True)
class Working:
    """What takes a step in turn."""

    studio: Studio
    again: Rescreening
    progress: Progress


def work(working: Working, follow: Callable[[], None], leave: threading.Event) -> None:
    """One step; waits where there is nothing to do, or a part is away."""
    try:
        follow()
        done = working.studio.step()
        done += working.again.step(is_busy=bool(done))
        working.progress.tell()
        if not done:
            leave.wait(_IDLE_S)
    except Unavailable as missing:
        _LOG.warning("waits: %s", missing)
        working.progress.waits_for(missing.part)
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
