"""Keeps `ad.vocabulary` in step with the products: grows it when they have changed and then come to rest.

Each version changes the facts of all products, so it is not made anew with every product of an import. A new version is
grown from the one on the topic, which is why a category keeps its slot; see `services/catalogue/vocabulary.py`.
"""

from __future__ import annotations

import logging
import threading
from typing import Final

from services.catalogue.vocabulary import FEATURES, Vocabulary, grown
from services.catalogue.vocabulary_messages import read_vocabulary, record_of
from services.common.clock import Clock
from services.studio.desk import Desk
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import Position, RawRecord
from services.wire.codec.ports import Sink

_LOG = logging.getLogger(__name__)

QUIET_S: Final = 1.0
"""Products have come to rest when none has changed for so long."""

AT_LATEST_S: Final = 30.0
"""Where products change all the time, the vocabulary is looked at so often."""

_SENT_S: Final = 5.0
_SOURCE: Final = "studio"


class VocabularyKeeper:
    """One thread applies messages, another calls `step`."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk, self._clock = desk, clock
        self._lock = threading.Lock()
        self._newest: Vocabulary | None = None
        self._position: Position | None = None
        self._counted = 0  # changes of products that the vocabulary was grown from
        self._seen = 0  # changes at the last step
        self._first_at = self._last_at = 0.0  # when the first change since the last growth was seen, and the last

    def apply(self, raw: RawRecord) -> None:
        """Applies a message of `ad.vocabulary`; `creative` makes dead letters of what is none."""
        found = read_vocabulary(raw)
        position = Position(raw.partition, raw.offset, raw.timestamp_ms)
        if isinstance(found, DeadLetter) or found.feature_version != FEATURES:
            return
        with self._lock:
            if position.follows(self._position):
                self._newest, self._position = found, position

    def step(self, sink: Sink) -> bool:
        """Publishes a new version where one is due; whether it did. Raises `Unavailable`: then the next step does."""
        if not self._is_due():
            return False
        changes = self._desk.changes
        with self._lock:
            newest = self._newest
        vocabulary = grown(newest, self._desk.products())
        if vocabulary is not newest:
            sink.send(record_of(vocabulary, _SOURCE, self._clock.now()))
            sink.flush(_SENT_S)
            _LOG.info("vocabulary %d of %d products", vocabulary.version, vocabulary.products)
            with self._lock:
                self._newest = vocabulary
        self._counted = changes
        return vocabulary is not newest

    def _is_due(self) -> bool:
        changes, now = self._desk.changes, self._clock.monotonic()
        if changes == self._counted:
            return False
        if self._seen == self._counted:
            self._first_at = now
        if changes != self._seen:
            self._seen, self._last_at = changes, now
        return now - self._last_at >= QUIET_S or now - self._first_at >= AT_LATEST_S
