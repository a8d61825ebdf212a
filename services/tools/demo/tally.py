"""Totals over the records of a run: distinct dead letters, closed windows, the newest report."""

from __future__ import annotations

from collections import Counter
from typing import Final

from protos.gen.adloom.events.v1 import outcome_pb2, policy_pb2
from services.common.errors import Rejected
from services.common.topics import DEADLETTER
from services.policies.assignment import HOUSE
from services.sdk.report_reader import is_live_report
from services.tools.demo.figures import PolicyLine
from services.wire.codec.deadletter import read_origin
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord

_NOT_RENDERED: Final = "not_rendered"  # as evaluation calls it


class RunTally:
    """Counts records of dead letters, outcomes and reports, in any order and with repetitions."""

    def __init__(self) -> None:
        self.excluded: Counter[str] = Counter()  # closed impressions that no click rate includes, by reason
        self.unreadable = 0
        self.report = policy_pb2.Report()
        self._origins: set[tuple[str, int, int]] = set()
        self._closed: set[int] = set()  # hashes of outcome ids, which are long

    @property
    def dead_letters(self) -> int:
        """Distinct by origin."""
        return len(self._origins)

    @property
    def closed(self) -> int:
        """Distinct impressions whose window has closed."""
        return len(self._closed)

    def take(self, raw: RawRecord) -> None:
        """Adds one record; a record that cannot be decoded is counted as unreadable."""
        try:
            if raw.topic == DEADLETTER:
                origin = read_origin(raw)
                self._origins.add((origin.topic, origin.partition, origin.offset))
            else:
                self._add(decode(raw).message)
        except Rejected:
            self.unreadable += 1

    def _add(self, message: object) -> None:
        if is_live_report(message):
            self.report = message
        if isinstance(message, outcome_pb2.Outcome) and message.window_closed and message.kind != outcome_pb2.ORDERED:
            self._close(message)

    def _close(self, outcome: outcome_pb2.Outcome) -> None:
        """Counts an impression's outcome once; the topic may repeat it."""
        identity = hash(outcome.outcome_id)
        if identity in self._closed:
            return
        self._closed.add(identity)
        unseen = _NOT_RENDERED if outcome.render_pixel and not outcome.rendered else ""
        reason = outcome.invalid_traffic or unseen or (HOUSE if outcome.policy_id == HOUSE else "")
        if reason:
            self.excluded[reason] += 1


def policy_lines(report: policy_pb2.Report) -> tuple[PolicyLine, ...]:
    """The report's click rates of our own traffic."""
    return tuple(
        PolicyLine(
            policy=figures.policy,
            impressions=figures.impressions,
            clicks=figures.clicks,
            ctr=figures.ctr if figures.HasField("ctr") else None,
            ctr_low=figures.ctr_low if figures.HasField("ctr_low") else None,
            ctr_high=figures.ctr_high if figures.HasField("ctr_high") else None,
        )
        for figures in report.policies
        if not figures.foreign
    )
