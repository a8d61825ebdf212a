"""The library without Kafka, for tests, drills and experiments: creatives in memory, pictures in any place."""

from __future__ import annotations

from pathlib import Path

from services.assets.creative_sink import CreativeSink
from services.assets.creative_table import CreativeTable
from services.assets.library import Knows, Library
from services.assets.pictures.picture_store import pictures_in
from services.common.clock import Clock
from services.wire.codec.memory_sink import MemorySink


def memory_creatives(clock: Clock) -> CreativeSink:
    """A sink that keeps creatives in memory; libraries that share it see each other's changes."""
    sink = MemorySink(clock)
    return CreativeSink(lambda: sink, CreativeTable(), clock)


def memory_library(place: str | Path, knows: Knows, clock: Clock, creatives: CreativeSink | None = None) -> Library:
    """A library of these creatives, or of none at first."""
    library = Library(creatives or memory_creatives(clock), pictures_in(place), knows, clock)
    library.keep_house()
    return library
