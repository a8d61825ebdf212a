"""The worker `profiles`, written with Quix Streams: the same decoding and the same profile function.

    python -m services.tools.bench.quix_profiles ADDRESS TOPIC EVENTS FOLDER

State is kept in RocksDB with a changelog, as ours is. Nothing is written to Feast: with one write per event, the
benchmark would measure only that. Prints `{"events":, "seconds":}` for all events after the first tenth.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from quixstreams import Application, message_context

from services.catalogue.catalogue import demo_catalogue
from services.catalogue.facts import ProductLookup
from services.common.clock import to_ms
from services.features.invalid_traffic import BURST_PER_MINUTE
from services.profiles.apply import apply_events
from services.profiles.state import pack, unpack
from services.tools.bench.stopwatch import Stopwatch
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord

_STATE = "profile"


def main(arguments: list[str]) -> None:
    """Reads the topic from its start and updates profiles until `EVENTS` events were applied."""
    address, topic, events, folder = arguments
    app = Application(
        broker_address=address,
        consumer_group=f"bench-quix-{os.getpid()}",
        auto_offset_reset="earliest",
        commit_interval=1.0,  # as our workers
        state_dir=Path(folder),
        loglevel="ERROR",
    )
    source = app.topic(topic, key_deserializer="bytes", value_deserializer="bytes")
    profiles = Profiles(demo_catalogue().facts.get, int(events))
    app.dataframe(source).update(profiles.take, stateful=True, metadata=True)
    app.run()


class Profiles:
    """Applies events."""

    def __init__(self, lookup: ProductLookup, events: int) -> None:
        self._lookup = lookup
        self._clock = Stopwatch(events)
        self._seen = 0

    def take(self, value: bytes, key: bytes, timestamp_ms: int, headers: Any, state: Any) -> None:
        """One event into the profile of its shopper."""
        at = message_context()
        raw = RawRecord(at.topic, at.partition, at.offset, timestamp_ms, key, value, tuple(headers))
        after = unpack(state.get_bytes(_STATE))
        event = decode(raw)
        apply_events(after, [event], self._lookup, BURST_PER_MINUTE, to_ms(event.appended_at))
        state.set_bytes(_STATE, pack(after))
        self._seen += 1
        if self._clock.look(self._seen):
            os._exit(0)  # only its speed is measured


if __name__ == "__main__":
    main(sys.argv[1:])
