"""Reads the newest report from `ad.reports`, from its end, because a day holds tens of thousands of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeGuard

from protos.gen.adloom.events.v1.policy_pb2 import Report
from services.common.errors import Rejected
from services.common.topics import LIVE_REPORT, REPORTS
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.reader import read_to_end

_TAIL: Final = 20  # offsets looked at first; other reports and gaps may lie between
_ANSWER_S: Final = 5.0


def newest_report(kafka: str, timeout_s: float = _ANSWER_S) -> Report:
    """The newest running report at the broker `kafka` (host:port); an empty one without a time where none was made yet.

    Raises `Unavailable` where no broker answers within `timeout_s`. Messages that are no reports are passed over.
    """
    for last in (_TAIL, None):
        found = newest(read_to_end(kafka, REPORTS, timeout_s, last))
        if found is not None:
            return found
    return Report(report_id=LIVE_REPORT)


def newest(raws: Iterable[RawRecord]) -> Report | None:
    """The newest running report in records of `ad.reports`."""
    found = (_live_report(raw) for raw in raws)
    return max((one for one in found if one is not None), key=lambda one: one.as_of.ToNanoseconds(), default=None)


def _live_report(raw: RawRecord) -> Report | None:
    try:
        message = decode(raw).message
    except Rejected:
        return None
    return message if is_live_report(message) else None


def is_live_report(message: object) -> TypeGuard[Report]:
    """Whether it is the report over everything so far."""
    return isinstance(message, Report) and message.report_id == LIVE_REPORT
