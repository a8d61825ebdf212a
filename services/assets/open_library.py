"""Opens the library of a deployment for a command or a job: what Kafka holds now, and a producer for changes."""

from __future__ import annotations

from services.assets.creative_sink import CreativeSink
from services.assets.kafka_creatives import creatives_now
from services.assets.library import Knows, Library
from services.assets.pictures.picture_store import pictures_in
from services.common.clock import SystemClock
from services.wire.kafka.producer import Producer, ProducerSettings


def stored_library(kafka: str, assets_dir: str, knows: Knows, *, four_eyes: bool = False) -> Library:
    """The library as of now, which does not follow what others change later; raises `Unavailable`."""
    clock = SystemClock()
    settings = ProducerSettings(kafka, "library")
    sink = CreativeSink(lambda: Producer(settings), creatives_now(kafka), clock)
    return Library(sink, pictures_in(assets_dir), knows, clock, four_eyes=four_eyes)
