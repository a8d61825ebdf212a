"""Sends a drill's messages at a given rate, also while the broker is down, and confirms that all were delivered."""

from __future__ import annotations

import time
from collections.abc import Sequence

from services.common.errors import Unavailable
from services.tools.drills.traffic.traffic import Sent
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Delivery
from services.wire.kafka.producer import Producer, ProducerSettings

_AT_ONCE = 25


class Sending:
    """A shop's producer. Messages that the broker did not take are sent again under the same event id."""

    def __init__(self, kafka: str, per_s: float) -> None:
        self._producer = Producer(ProducerSettings(kafka, client_id="drill", block_s=120.0, delivery_s=120.0))
        self._per_s = per_s
        self._due_at = time.monotonic()
        self._failed: list[Record] = []
        self.sent = 0
        self.last_at = time.monotonic()  # when the broker had confirmed everything
        self.repeated = 0

    def send(self, messages: Sequence[Sent]) -> None:
        """Sends messages, no faster than the rate allows."""
        for start in range(0, len(messages), _AT_ONCE):
            self._due_at = max(self._due_at, time.monotonic() - 1.0) + _AT_ONCE / self._per_s
            time.sleep(max(0.0, self._due_at - time.monotonic()))
            for sent in messages[start : start + _AT_ONCE]:
                self._producer.send(sent.record, self._on_delivery)
                self.sent += 1

    def finish(self, within_s: float = 180.0) -> None:
        """Returns when the broker has confirmed everything; raises `Unavailable` when the time is over."""
        until = time.monotonic() + within_s
        while True:
            self._flush()
            if not self._failed:
                self.last_at = time.monotonic()
                return
            if time.monotonic() > until:
                raise Unavailable("kafka", f"{len(self._failed)} messages were not taken")
            again, self._failed = self._failed, []
            self.repeated += len(again)
            for record in again:
                self._producer.send(record, self._on_delivery)

    def close(self) -> None:
        """Closes the producer."""
        self._producer.close(5.0)

    def _flush(self) -> None:
        try:
            self._producer.flush(120.0)
        except Unavailable:
            time.sleep(0.5)  # the caller counts what failed

    def _on_delivery(self, delivery: Delivery) -> None:
        if delivery.error is not None:
            self._failed.append(delivery.record)
