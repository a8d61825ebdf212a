"""Reads the newest report from `ad.reports`, from its end, because a day holds tens of thousands of them."""

from __future__ import annotations

from contextlib import closing
from typing import Final

from protos.gen.adloom.events.v1 import policy_pb2
from services.common.topics import REPORTS
from services.evaluation.counting import decode_or_dead_letter
from services.evaluation.kafka_log import KafkaLog
from services.evaluation.report import LIVE
from services.wire.codec.envelope import RawRecord

_TAIL: Final = 20  # offsets looked at first; other reports and gaps may lie between
_POLL_S: Final = 2.0


def newest_report(kafka: str) -> policy_pb2.Report:
    """The newest running report; an empty one without a time where none was made yet. Raises `Unavailable`."""
    with closing(KafkaLog(kafka, (REPORTS,))) as log:
        ends = log.ends()
        for starts in ({place: max(0, end - _TAIL) for place, end in ends.items()}, {}):
            log.seek(starts)
            found = [
                event.message
                for event in decode_or_dead_letter(_to_end(log))[0]
                if isinstance(event.message, policy_pb2.Report) and event.message.report_id == LIVE
            ]
            if found:
                return max(found, key=lambda report: report.as_of.ToNanoseconds())
    return policy_pb2.Report(report_id=LIVE)


def _to_end(log: KafkaLog) -> list[RawRecord]:
    """Everything from where the log stands to where it ends now."""
    ends = log.ends()
    raws: list[RawRecord] = []
    while any(log.positions()[place] < end for place, end in ends.items()):
        raws += log.poll(_POLL_S)
    return raws
