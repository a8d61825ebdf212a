"""Runs the studio: `python -m services.studio.main`, settings from `ADLOOM_*`. Each has a share of the products."""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("studio")  # before the other imports, which take seconds

import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from services.assets.creative_sink import CreativeSink
from services.common.clock import Clock, SystemClock
from services.common.errors import Unavailable
from services.common.settings import read
from services.models.text_encoder.axes import served_axes
from services.models.text_encoder.known_texts import KnownTexts
from services.models.triton_texts import TritonTexts
from services.runtime.health import Readiness
from services.runtime.process import asked_to_leave, run_process
from services.studio.again.library import Library
from services.studio.again.rescreen import Rescreening
from services.studio.asked_formats import AskedFormats
from services.studio.desk import Desk
from services.studio.follow import Topics
from services.studio.makers import Makers
from services.studio.photos import ledger_of, photos_kept, wait_ms_of
from services.studio.progress import Progress
from services.studio.settings import (
    StudioSettings,
    approval_of,
    budget_of,
    counts_of,
    workers_of,
)
from services.studio.share import share_of
from services.studio.shop_files import ShopFiles
from services.studio.text_vectors import TextVectorKeeper
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
    leave, clock = asked_to_leave(), SystemClock()
    files, terms, texts = ShopFiles(settings, clock), terms_of(settings), texts_of(settings)
    share = share_of(settings.studio_index, settings.studio_shares)
    readiness.waiting_for("kafka")
    readiness.has("start")
    producer = _connected(settings.kafka, leave)
    if producer is None:
        return
    desk = partial(Desk, share, photos=ledger_of(settings, share), photo_wait_ms=wait_ms_of(settings))
    topics = Topics(settings.kafka, clock, AskedFormats(settings.asked_formats, terms.counts), desk)
    topics.refuse = producer.send
    vectors = keeper_of(topics, CreativeSink(lambda: producer, topics.table, clock), texts, clock)
    topics.start()
    makers = Makers(workers_of(settings.studio_workers), files.start())
    working = working_of(topics, makers, vectors, terms, readiness)
    _read_all(topics, terms, leave)
    of_all = (partial(topics.vocabulary.step, producer), vectors.step) if share.is_first else ()
    follow = partial(_follow, files, makers, topics, working.again, of_all)
    with photos_kept(settings, topics.desk, lambda: _connected(settings.kafka, leave)):
        while not leave.is_set():
            work(working, follow, leave)
    topics.stop()
    makers.close()
    producer.close(_LEAVE_S)


def _read_all(topics: Topics, terms: Terms, leave: threading.Event) -> None:
    """Waits until the topics were read: before that, an ad may seem to be missing."""
    while not leave.is_set() and not topics.are_read():
        leave.wait(_IDLE_S)
    topics.remember_asked(terms.counts)


@dataclass(frozen=True, slots=True)
class Working:
    """What takes a step in turn."""

    studio: Studio
    again: Rescreening
    progress: Progress


def working_of(
    topics: Topics, makers: Makers, vectors: TextVectorKeeper, terms: Terms, readiness: Readiness
) -> Working:
    """The studio over these topics and makers."""
    clock = SystemClock()
    shelf = Shelf(vectors.creatives, topics.verdicts, topics.wishes, vectors.completed)
    studio = Studio(topics.desk, shelf, makers.submit, terms, clock)
    library = Library(shelf.creatives, topics.judged, topics.desk, topics.desk.share)
    again = Rescreening(library, makers.rescreen, studio.hour, clock, terms.at_once)
    return Working(studio, again, Progress(readiness, topics.desk, studio, sum(terms.counts.values()), again.waiting))


def texts_of(settings: StudioSettings) -> KnownTexts:
    """Vectors of texts; raises `Misconfigured` where the encoder's axes are not those of its manifest."""
    return KnownTexts(TritonTexts(settings.triton), served_axes(settings.models_dir))


def keeper_of(topics: Topics, creatives: CreativeSink, texts: KnownTexts, clock: Clock) -> TextVectorKeeper:
    """The keeper of text vectors, which hears of each creative."""
    keeper = TextVectorKeeper(creatives, texts, clock)
    topics.heard = keeper.read
    return keeper


def terms_of(settings: StudioSettings) -> Terms:
    """What the settings want; raises `Misconfigured`."""
    approval = approval_of("person" if settings.four_eyes else settings.approve, settings.review_sample)
    at_once = 2 * workers_of(settings.studio_workers)  # each maker has its next job at hand
    return Terms(counts_of(settings.formats), approval, budget_of(settings), at_once)


def _follow(
    files: ShopFiles, makers: Makers, topics: Topics, again: Rescreening, of_all: Sequence[Callable[[], object]]
) -> None:
    """What is followed beside products: the shop's files, campaigns, and what one process does for all shares."""
    files.follow(makers, again, topics.desk, topics.renew)
    topics.heed_campaigns()
    topics.heed_placements()
    for step in of_all:
        step()


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
