"""Follows `ad.policy` and holds its newest posterior; the adapter on kafka-python.

The topic is compacted, and each start of the process reads it from the beginning, so a restart needs no state. The
newest message by LogAppendTime is used, also if the topic was given more partitions; before the first one the prior is
used. Bad messages become dead letters. A restart sends them again under the same ids, which are made from offsets.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from protos.gen.adloom.events.v1.policy_pb2 import PolicyVersion
from services.common.errors import Rejected
from services.common.metrics import METRICS
from services.common.topics import POLICY
from services.policies.assignment import THOMPSON
from services.policies.posterior import PRIOR, Posterior
from services.policies.posterior_codec import posterior_of
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_or_dead_letter
from services.wire.codec.envelope import RawRecord, Record
from services.wire.kafka.reader import raw_record, read_whatever_is_logged

_LOG = logging.getLogger(__name__)
_POLL_MS: Final = 200
_AGAIN_S: Final = 1.0


class KafkaPolicyReader:
    """Holds the newest posterior in `current`, which is replaced atomically; reading it never blocks."""

    def __init__(self, bootstrap: str) -> None:
        """Set `refuse`, which takes the dead letters, before `start`."""
        self.refuse: Callable[[Record], None] | None = None
        self.current: Posterior = PRIOR
        self.caught_up = threading.Event()  # set once the topic was read up to its end as of the start
        self._bootstrap = bootstrap
        self._appended_ms = 0  # LogAppendTime of the message of `current`
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="policy-reader", daemon=True)

    def start(self) -> None:
        """Starts the reading thread."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Stops the reading thread; `current` stays."""
        self._ending.set()
        self._thread.join(timeout_s)

    def apply(self, raw: RawRecord) -> None:
        """Applies one message of the topic."""
        found = decode_or_dead_letter(raw)
        if isinstance(found, DeadLetter):
            self._bury(found)
            return
        assert isinstance(found.message, PolicyVersion)
        if found.message.policy_id != THOMPSON or raw.timestamp_ms < self._appended_ms:
            return
        try:
            self.current = posterior_of(found.message)
            self._appended_ms = raw.timestamp_ms
            METRICS.policy_version.set(self.current.version)
        except Rejected as bad:
            self._bury(dead_letter_of(raw, bad.reason))

    def _bury(self, letter: DeadLetter) -> None:
        METRICS.dead_letters.labels(letter.topic, letter.reason).inc()
        if self.refuse is not None:
            self.refuse(letter.record)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._follow()
            except KafkaError as exc:
                _LOG.warning("The posterior stays at version %d: %r", self.current.version, exc)
                self._ending.wait(_AGAIN_S)

    def _follow(self) -> None:
        read_whatever_is_logged()
        consumer = KafkaConsumer(
            bootstrap_servers=self._bootstrap.split(","), enable_auto_commit=False, metrics_enabled=False
        )
        try:
            partitions = [TopicPartition(POLICY, number) for number in consumer.partitions_for_topic(POLICY) or {0}]
            consumer.assign(partitions)
            ends = consumer.end_offsets(partitions)
            consumer.seek_to_beginning(*partitions)
            while not self._ending.is_set():
                for messages in consumer.poll(timeout_ms=_POLL_MS).values():
                    for message in messages:
                        self.apply(raw_record(message))
                if all(consumer.position(placement) >= end for placement, end in ends.items()):
                    self.caught_up.set()
        finally:
            consumer.close()
