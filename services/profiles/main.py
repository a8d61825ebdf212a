"""Starts the worker `profiles`: `python -m services.profiles.main`, settings from `ADLOOM_*`."""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("profiles")  # before the other imports, which take seconds

import logging
import os
import signal
import sys
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path

from services.catalogue.catalogue import Catalogue, demo_catalogue, read_catalogue
from services.catalogue.facts import ProductLookup
from services.catalogue.facts_table import FactsTable
from services.catalogue.kafka_facts import KafkaFacts
from services.common.clock import SystemClock
from services.common.settings import AtLeastOne, read
from services.features.invalid_traffic import BURST_PER_MINUTE
from services.features.ports import Ownership, ProfileWriter
from services.profiles.deferred_sink import DeferredSink
from services.profiles.store_defaults import store_defaults
from services.profiles.topology import build
from services.runtime.health import Readiness
from services.runtime.process import asked_to_leave, run_process
from services.wire.faust.app import WorkerSettings
from services.wire.faust.ownership import FaustOwnership
from services.wire.faust.serve import serve_worker

log = logging.getLogger(__name__)
_AGAIN_S = 0.05


@dataclass(frozen=True, slots=True)
class ProfilesSettings(WorkerSettings):
    """How the worker `profiles` runs."""

    redis: str = "127.0.0.1:6379"
    catalogue: Path | None = None  # a JSON file; None: the demo catalogue
    burst_per_minute: AtLeastOne = BURST_PER_MINUTE  # more events of one kind in one minute are invalid traffic


def main() -> int:
    """Runs until SIGTERM; the exit status."""
    return run_process("profiles", lambda: read(ProfilesSettings, os.environ), serve)


def serve(settings: ProfilesSettings, readiness: Readiness) -> None:
    """Keeps profiles until SIGTERM."""
    catalogue = catalogue_of(settings)
    facts = KafkaFacts(settings.kafka, catalogue.vocabulary)
    facts.start()
    owner = FaustOwnership(uuid.uuid4().hex)
    sink = DeferredSink(lambda: _feast(settings.redis, owner, readiness))
    worker = build(sink, settings, lookup_of(facts.table, catalogue), settings.burst_per_minute, readiness)
    owner.is_of(worker)
    if not is_whole(facts, readiness):
        return
    serve_worker(worker, SystemClock())


def lookup_of(table: FactsTable, catalogue: Catalogue) -> ProductLookup:
    """Facts by the newest messages; by the file of products of which no message was ever read."""
    return lambda product_id: table.facts(product_id) if table.knows(product_id) else catalogue.facts.get(product_id)


def is_whole(facts: KafkaFacts, readiness: Readiness) -> bool:
    """Waits until all products were read; False if the process was to end first.

    An event of a product that only seems to be unknown would change no interest, for ever.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    leave = asked_to_leave()
    readiness.waiting_for("products")
    while not facts.is_whole() and not leave.is_set():
        leave.wait(_AGAIN_S)
    for number, handler in before.items():  # until the worker hears of signals by itself
        signal.signal(number, handler)
    if leave.is_set():
        return False
    readiness.has("products")
    log.info("%d products, vocabulary %d", len(facts.table), facts.table.vocabulary.version)
    return True


def catalogue_of(settings: ProfilesSettings) -> Catalogue:
    """The catalogue whose products change interests; raises `Misconfigured` where the file is no catalogue."""
    return demo_catalogue() if settings.catalogue is None else read_catalogue(settings.catalogue)


def _feast(address: str, owner: Ownership, readiness: Readiness) -> ProfileWriter:
    """Feast's writer; a thread stores the defaults meanwhile, for as long as that takes."""
    from services.features.feast_writer import FeastWriter  # seconds of imports, in a thread

    writer = FeastWriter(address, owner)
    defaults = (writer, readiness, SystemClock())
    threading.Thread(target=store_defaults, args=defaults, name="defaults", daemon=True).start()
    return writer


if __name__ == "__main__":
    sys.exit(main())
