"""Sends reports, posteriors and dead letters until the broker has them; a posterior is stored before it is sent."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from typing import Final

from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import policy_pb2
from services.common.clock import Clock
from services.common.metrics import METRICS
from services.evaluation import posterior, report
from services.evaluation.outcome_tally import OutcomeTally
from services.evaluation.store import EvaluationStore
from services.policies.posterior_parts import key_of, parts_of
from services.runtime.fault_points import reached
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Sink

log = logging.getLogger(__name__)

SOURCE: Final = "adloom/evaluation"

_POLICY: Final = "policy"  # name in the store
_DELIVER_S: Final = 10.0
_PART_S: Final = 1.0  # between two posteriors, for each part: a megabyte a second for each process that follows


class Publisher:
    """Sends at least once. Each message is complete and has a version or a time, so a repeat changes nothing."""

    def __init__(self, store: EvaluationStore, sink: Sink, clock: Clock) -> None:
        self._store = store
        self._sink = sink
        self._clock = clock
        self._unsent: list[Record] = []
        self._posterior_from = -math.inf  # monotonic seconds, before which no posterior is published
        self._left_out = 0  # arms that the newest version had no room for

    def start(self, published: policy_pb2.PolicyVersion | None) -> None:
        """Makes the store and `ad.policy` agree on the newest version.

        `published` is the newest on the topic. The store may hold a newer one that did not get there, which is sent
        again, or an older one or none, if the file was lost; then `published` is stored.
        """
        last = self._last()
        if published is not None and (last is None or published.version > last.version):
            self._note(published)
        elif last is not None:
            self._queue(last)

    def letters(self, letters: Iterable[Record]) -> None:
        """Queues dead letters for the next `deliver`."""
        self._unsent += letters

    def publish(self, total: OutcomeTally, offsets: Mapping[int, int]) -> bool:
        """Queues a report, and a posterior where an arm's sums have changed, for the next `deliver`.

        False: a posterior of several parts was published so recently that a new one has to wait.
        """
        now, early = self._clock.now(), self._clock.monotonic() < self._posterior_from
        version = None if early else posterior.next_version(total, self._last(), offsets, now)
        if version is not None:
            self._note(version)
            reached("evaluation", "noted")
            self._tell_left_out(posterior.left_out(total, version))
            self._queue(version)
        live = report.live(total, offsets, now)
        self._unsent.append(self._record(live, live.report_id, f"{live.report_id}/{now.isoformat()}"))
        return not early

    def deliver(self) -> None:
        """Sends everything queued and returns when the broker has it; after `Unavailable` it stays queued."""
        if not self._unsent:
            return
        reached("evaluation", "emission.before")
        for record in self._unsent:
            self._sink.send(record)
        self._sink.flush(_DELIVER_S)
        reached("evaluation", "emission.after")
        self._unsent = []

    def _tell_left_out(self, count: int) -> None:
        METRICS.posterior_left_out.set(count)
        if count != self._left_out:
            log.warning("the posterior has no room for the %d creatives with the fewest impressions", count)
        self._left_out = count

    def _last(self) -> policy_pb2.PolicyVersion | None:
        data = self._store.published(_POLICY)
        return None if data is None else policy_pb2.PolicyVersion.FromString(data)

    def _note(self, version: policy_pb2.PolicyVersion) -> None:
        with self._store.transaction():
            self._store.publish(_POLICY, version.SerializeToString())

    def _queue(self, version: policy_pb2.PolicyVersion) -> None:
        parts = parts_of(version)
        if len(parts) > 1:
            self._posterior_from = self._clock.monotonic() + len(parts) * _PART_S
        for part in parts:
            self._unsent.append(self._record(part, key_of(part), f"{key_of(part)}/{version.version}"))

    def _record(self, message: Message, key: str, event_id: str) -> Record:
        return encode(message, event_id=event_id, source=SOURCE, time=self._clock.now(), key=key.encode())
