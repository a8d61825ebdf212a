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
from functools import partial
from typing import Final

from services.assets.brand_file import BrandFile
from services.assets.creative_sink import CreativeSink
from services.assets.screened import kit_of, zone_of
from services.common.clock import SystemClock
from services.common.errors import Unavailable
from services.common.settings import read
from services.composer.brand_kit import BrandKit
from services.models.text_encoder.axes import served_axes
from services.models.text_encoder.known_texts import KnownTexts
from services.models.triton_texts import TritonTexts
from services.runtime.child import Start
from services.runtime.health import Readiness
from services.runtime.process import asked_to_leave, run_process
from services.screening.policy import policy_in
from services.studio.asked_formats import AskedFormats
from services.studio.desk import Desk
from services.studio.follow import Topics
from services.studio.makers import MAKER, Makers
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
    kit, workers, terms = kit_of(settings.brand), workers_of(settings.studio_workers), terms_of(settings)
    share, texts = share_of(settings.studio_index, settings.studio_shares), texts_of(settings)
    leave, clock = asked_to_leave(), SystemClock()
    readiness.waiting_for("kafka")
    readiness.has("start")
    producer = _connected(settings.kafka, leave)
    if producer is None:
        return
    photos = ledger_of(settings, share)
    desk = partial(Desk, share, photos=photos, photo_wait_ms=wait_ms_of(settings))
    topics = Topics(settings.kafka, clock, AskedFormats(settings.asked_formats, terms.counts), desk)
    topics.refuse = producer.send
    creatives = CreativeSink(lambda: producer, topics.table, clock)
    vectors = TextVectorKeeper(creatives, texts, clock)
    topics.heard = vectors.read
    topics.start()
    makers = Makers(workers, start_of(settings, kit))
    shelf = Shelf(creatives, topics.verdicts, topics.wishes, vectors.completed)
    studio = Studio(topics.desk, shelf, makers.submit, terms, clock)
    progress = Progress(readiness, topics.desk, studio, sum(terms.counts.values()))
    while not leave.is_set() and not topics.are_read():
        leave.wait(_IDLE_S)
    topics.remember_asked(terms.counts)
    of_all = (partial(topics.vocabulary.step, producer), vectors.step) if settings.studio_index == 0 else ()
    follow = partial(_follow, settings, BrandFile(settings.brand, kit, clock.monotonic), makers, topics, of_all)
    with photos_kept(settings, photos, topics.desk, lambda: _connected(settings.kafka, leave)):
        while not leave.is_set():
            work(studio, progress, follow, leave)
    topics.stop()
    makers.close()
    producer.close(_LEAVE_S)


def texts_of(settings: StudioSettings) -> KnownTexts:
    """Vectors of texts; raises `Misconfigured` where the encoder's axes are not those of its manifest."""
    return KnownTexts(TritonTexts(settings.triton), served_axes(settings.models_dir))


def terms_of(settings: StudioSettings) -> Terms:
    """What the settings want; raises `Misconfigured`."""
    zone_of(settings.time_zone)
    policy_in(settings.screen)  # makers read both, and would say too late what is wrong with them
    approval = approval_of("person" if settings.four_eyes else settings.approve, settings.review_sample)
    at_once = 2 * workers_of(settings.studio_workers)  # each maker has its next job at hand
    return Terms(counts_of(settings.formats), approval, budget_of(settings), at_once)


def start_of(settings: StudioSettings, kit: BrandKit) -> Start:
    """How a maker is started."""
    return Start(MAKER, (settings.assets_dir, zone_of(settings.time_zone), kit, settings.screen))


def _follow(
    settings: StudioSettings, brand: BrandFile, makers: Makers, topics: Topics, of_all: Sequence[Callable[[], object]]
) -> None:
    """What is followed beside products: the brand kit, campaigns, and what one process does for all shares."""
    if brand.changed():
        makers.begin_anew(start_of(settings, brand.kit))
        _LOG.info("brand kit %s: the ads of %d products are renewed", brand.kit.version, topics.renew())
    topics.heed_campaigns()
    topics.heed_placements()
    for step in of_all:
        step()


def work(studio: Studio, progress: Progress, follow: Callable[[], None], leave: threading.Event) -> None:
    """One step; waits where there is nothing to do, or a part is away."""
    try:
        follow()
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
