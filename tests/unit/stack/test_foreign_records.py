"""Foreign records on our topics stop neither the counting of a run nor the search for a decision."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import impression_pb2
from services.cli.find_decision import first_of
from services.common.clock import to_ms
from services.common.topics import DEADLETTER, IMPRESSIONS, OUTCOMES, REPORTS, VIEWS
from services.tools.demo.tally import RunTally
from services.wire.codec.deadletter import dead_letter
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord, Record
from tests.unit.evaluation.outcomes_made import NOW, outcome, user

USER = user(1)
IMPRESSION = impression_pb2.Impression(impression_id="i1", user_id=USER, propensity=0.5)


def read(record: Record) -> RawRecord:
    return RawRecord(record.topic, 0, 0, to_ms(NOW), record.key, record.value, record.headers)


def sent(message: Message) -> RawRecord:
    return read(encode(message, event_id="e", source="test", time=NOW, key=USER.encode()))


def garbage(topic: str) -> RawRecord:
    return RawRecord(topic, 0, 0, to_ms(NOW), None, b"garbage with i1 in it", (("x", None),))


@pytest.mark.parametrize("topic", [DEADLETTER, OUTCOMES, REPORTS])
def test_a_foreign_record_is_counted_as_unreadable_and_the_rest_is_counted(topic: str) -> None:
    letter = dead_letter(RawRecord(VIEWS, 1, 7, 0, USER.encode(), b"{", ()), "undecodable", redact=False)
    tally = RunTally()
    for raw in (garbage(topic), sent(outcome(1)), read(letter), read(letter)):
        tally.take(raw)
    assert (tally.unreadable, tally.closed, tally.dead_letters) == (1, 1, 1)


def test_a_decision_is_found_behind_a_foreign_record_that_names_it() -> None:
    found = first_of([garbage(IMPRESSIONS), sent(IMPRESSION)], "i1")
    assert found == IMPRESSION
    assert first_of([garbage(IMPRESSIONS)], "i1") is None
