"""`python -m services.catalogue.first_import` imports the deployment's feed; a step of the stack's start.

`ADLOOM_CATALOGUE` names a feed in any form that `adloom catalogue import` reads. Where it is not set, and no product
was ever imported, the demo shop is. Safe to repeat: importing twice changes nothing.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from services.catalogue.catalogue import DEMO_SHOP, demo_products
from services.catalogue.feeds.overrides import Overrides, checked_overrides, read_overrides
from services.catalogue.feeds.read_feed import open_feed
from services.catalogue.import_feed import Places, prepare
from services.catalogue.kafka_products import KafkaProducts
from services.common.clock import SystemClock
from services.common.errors import AdloomError
from services.common.settings import read, shown


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """Read from `ADLOOM_*`."""

    kafka: str = "127.0.0.1:9092"
    data_dir: Path = Path(".adloom/data/catalogue")  # for the rows that were rejected
    catalogue: Path | None = None  # a feed, or a folder of feeds; None: the demo shop, where there is nothing yet
    catalogue_mapping: Path | None = None  # TOML that says which columns hold what, and what the feed does not say


def main() -> int:
    """Imports; on an `AdloomError` prints one sentence and returns its exit status."""
    try:
        settings = read(ImportSettings, os.environ)
        sys.stderr.write(f"{shown(settings)}\n")
        _import(settings, KafkaProducts(settings.kafka, SystemClock()))
    except AdloomError as error:
        sys.stderr.write(f"adloom: {error}\n")
        return error.exit_status
    return 0


def _import(settings: ImportSettings, sink: KafkaProducts) -> None:
    before = sink.digests()
    if settings.catalogue is None and before:
        sys.stderr.write(f"{len(before)} products are there, nothing is imported\n")
        return
    demo = {product.product_id for product in demo_products()}
    overrides = read_overrides(settings.catalogue_mapping) if settings.catalogue_mapping else Overrides()
    with resources.as_file(DEMO_SHOP) as own, tempfile.TemporaryDirectory(prefix="adloom-import-") as folder:
        feed = open_feed(settings.catalogue or own, checked_overrides(overrides), Path(folder))
        places = Places(Path(folder), settings.data_dir / "rejected.jsonl")
        # A shop's own feed ends the demo shop; that all of it is gone is no sign of a broken feed.
        prepared = prepare(feed, before, places, before.keys() <= demo, _say_progress)
        sink.apply(prepared.version, prepared.changes())
    sys.stderr.write(f"imported: {prepared.facts()}\n")


def _say_progress(rows: int, rejected: int) -> None:
    sys.stderr.write(f"import: {rows} rows, {rejected} rejected\n")


if __name__ == "__main__":
    sys.exit(main())
