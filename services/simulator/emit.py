"""Sends simulated shoppers' events to Kafka, as a shop that holds the pseudonym key does."""

from __future__ import annotations

import itertools

from google.protobuf.message import Message

from services.common.clock import Clock
from services.common.pseudonym import PseudonymKey
from services.wire.codec.encode import encode
from services.wire.codec.ports import Sink


class Emitter:
    """An `Emit` on any `Sink`; event ids are `<run>-<number>`."""

    def __init__(self, sink: Sink, key: PseudonymKey, run_id: str, clock: Clock) -> None:
        self._sink = sink
        self._key = key
        self._run_id = run_id
        self._clock = clock
        self._numbers = itertools.count()

    def __call__(self, user_id: str, message: Message) -> None:
        """See `Emit`."""
        pseudonym = self._key.pseudonym(user_id)
        message.user_id = pseudonym  # type: ignore[attr-defined]  # views, clicks and orders have it
        record = encode(
            message,
            event_id=f"{self._run_id}-{next(self._numbers)}",
            source="simulator",
            time=self._clock.now(),
            key=pseudonym.encode(),
        )
        self._sink.send(record)
