"""The library of creatives of this machine's stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from services.assets.library import Library
from services.catalogue.catalogue import demo_catalogue, read_catalogue
from services.common.clock import SystemClock
from services.tools.stack.state_dir import StateDir


@contextmanager
def own_library(state_dir: StateDir, environ: Mapping[str, str]) -> Iterator[Library]:
    """Opens the library that the processes of this stack use; they may be running."""
    own = environ.get("ADLOOM_CATALOGUE")
    catalogue = read_catalogue(Path(own)) if own else demo_catalogue()
    folder = Path(environ.get("ADLOOM_ASSETS_DIR") or state_dir.assets)
    with closing(Library(folder, catalogue, SystemClock())) as library:
        yield library
