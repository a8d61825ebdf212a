"""`python -m services.assets.load_catalogue`: adds the demo's creatives to the library; a step of the stack's start.

Safe to repeat. Products of another catalogue (`ADLOOM_CATALOGUE`) get their creatives in the same way.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from services.assets.demo import load_demo
from services.assets.open_library import stored_library
from services.catalogue.catalogue import demo_catalogue, read_catalogue
from services.common.errors import AdloomError
from services.common.settings import read, shown


@dataclass(frozen=True, slots=True)
class AssetsSettings:
    """Read from `ADLOOM_*`."""

    kafka: str = "127.0.0.1:9092"
    assets_dir: str = ".adloom/data/assets"  # a folder, or the URL of an object store
    catalogue: Path | None = None  # a JSON file; None: the demo catalogue


def main() -> int:
    """Loads the creatives; on an `AdloomError` prints one sentence and returns its exit status."""
    try:
        settings = read(AssetsSettings, os.environ)
        sys.stderr.write(f"{shown(settings)}\n")
        _load(settings)
    except AdloomError as error:
        sys.stderr.write(f"adloom: {error}\n")
        return error.exit_status
    return 0


def _load(settings: AssetsSettings) -> None:
    catalogue = read_catalogue(settings.catalogue) if settings.catalogue else demo_catalogue()
    library = stored_library(settings.kafka, settings.assets_dir, catalogue.index.__contains__)
    added = load_demo(library, catalogue, _say_progress)
    sys.stderr.write(f"{added} creatives added, {len(library.ids())} in the library, catalogue {catalogue.version}\n")
    library.close()


def _say_progress(done: int, total: int) -> None:
    sys.stderr.write(f"creatives: {done}/{total}\n")


if __name__ == "__main__":
    sys.exit(main())
