"""Reads the newest report from the end of `ad.reports`, because a day has tens of thousands of reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeGuard

from protos.gen.adloom.events.v1.policy_pb2 import Report
from services.common.errors import Rejected
from services.common.topics import LIVE_REPORT, REPORTS
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.reader import read_to_end

_TAIL: Final = 20  # offsets read first; they may contain other reports and gaps
_ANSWER_S: Final = 5.0


def newest_report(kafka: str, timeout_s: float = _ANSWER_S) -> Report:
    """The newest live report at the broker `kafka` (host:port); an empty one without a time if there is none yet.

    Raises `Unavailable` if no broker answers within `timeout_s`. Skips messages that are not reports.
    """
    for last in (_TAIL, None):
        found = newest(read_to_end(kafka, REPORTS, timeout_s, last))
        if found is not None:
            return found
    return Report(report_id=LIVE_REPORT)


def newest(raws: Iterable[RawRecord]) -> Report | None:
    """The newest live report in records of `ad.reports`; None if there is none."""
    found = (_live_report(raw) for raw in raws)
    return max((one for one in found if one is not None), key=lambda one: one.as_of.ToNanoseconds(), default=None)


def _live_report(raw: RawRecord) -> Report | None:
    try:
        message = decode(raw).message
    except Rejected:
        return None
    return message if is_live_report(message) else None


def is_live_report(message: object) -> TypeGuard[Report]:
    """Whether the message is the live report, which covers everything so far."""
    return isinstance(message, Report) and message.report_id == LIVE_REPORT
