"""Starts the worker `profiles`: `python -m services.profiles.main`, settings from `ADLOOM_*`."""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("profiles")  # before the other imports, which take seconds

import os
import sys
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path

from services.assets.snapshot import facts_by_product
from services.catalogue.catalogue import Catalogue, demo_catalogue, read_catalogue
from services.common.clock import SystemClock
from services.common.settings import AtLeastOne, read
from services.features.invalid_traffic import BURST_PER_MINUTE
from services.features.ports import Ownership, ProfileWriter
from services.profiles.deferred_sink import DeferredSink
from services.profiles.store_defaults import store_defaults
from services.profiles.topology import build
from services.runtime.health import Readiness
from services.runtime.process import run_process
from services.wire.faust.app import WorkerSettings
from services.wire.faust.ownership import FaustOwnership
from services.wire.faust.serve import serve_worker


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
    facts = facts_by_product(catalogue_of(settings))
    owner = FaustOwnership(uuid.uuid4().hex)
    sink = DeferredSink(lambda: _feast(settings.redis, owner, readiness))
    worker = build(sink, settings, facts.get, settings.burst_per_minute, readiness)
    owner.is_of(worker)
    serve_worker(worker, SystemClock())


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
