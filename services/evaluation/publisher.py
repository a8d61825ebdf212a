"""Sends reports, posteriors and dead letters until the broker has them; a posterior is stored before it is sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import policy_pb2
from services.common.clock import Clock
from services.common.metrics import METRICS
from services.evaluation import posterior, report
from services.evaluation.outcome_tally import OutcomeTally
from services.evaluation.store import EvaluationStore
from services.runtime.fault_points import reached
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Sink

log = logging.getLogger(__name__)

SOURCE: Final = "adloom/evaluation"

_POLICY: Final = "policy"  # name in the store
_DELIVER_S: Final = 10.0


class Publisher:
    """Sends at least once. Each message is complete and has a version or a time, so a repeat changes nothing."""

    def __init__(self, store: EvaluationStore, sink: Sink, clock: Clock) -> None:
        self._store = store
        self._sink = sink
        self._clock = clock
        self._unsent: list[Record] = []
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
            self._unsent.append(self._record(last, last.policy_id, f"{last.policy_id}/{last.version}"))

    def letters(self, letters: Iterable[Record]) -> None:
        """Queues dead letters for the next `deliver`."""
        self._unsent += letters

    def publish(self, total: OutcomeTally, offsets: Mapping[int, int]) -> None:
        """Queues a report, and a posterior where an arm's sums have changed, for the next `deliver`."""
        now = self._clock.now()
        version = posterior.next_version(total, self._last(), offsets, now)
        if version is not None:
            self._note(version)
            reached("evaluation", "noted")
            self._tell_left_out(posterior.left_out(total, version))
            self._unsent.append(self._record(version, version.policy_id, f"{version.policy_id}/{version.version}"))
        live = report.live(total, offsets, now)
        self._unsent.append(self._record(live, live.report_id, f"{live.report_id}/{now.isoformat()}"))

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

    def _record(self, message: Message, key: str, event_id: str) -> Record:
        return encode(message, event_id=event_id, source=SOURCE, time=self._clock.now(), key=key.encode())
