"""Dead letters are counted by what they are, not by how often they were written."""

from __future__ import annotations

from services.common.topics import CLICKS, DEADLETTER, VIEWS
from services.wire.codec.deadletter import dead_letter
from services.wire.codec.deadletter_counts import count_dead_letters
from services.wire.codec.envelope import RawRecord

USER = b"u1-" + b"a" * 32


def letter(topic: str, offset: int, reason: str, at: int) -> RawRecord:
    written = dead_letter(RawRecord(topic, 2, offset, 0, USER, b"x", ()), reason, redact=False)
    return RawRecord(DEADLETTER, 0, at, 0, written.key, written.value, written.headers)


def test_a_letter_written_twice_is_one() -> None:
    letters = [letter(VIEWS, 1, "invalid", 0), letter(VIEWS, 1, "invalid", 1), letter(VIEWS, 2, "too_old", 2)]
    counts = count_dead_letters([*letters, letter(CLICKS, 1, "forged", 3)])
    assert counts.total == 3
    assert counts.by_reason == {"forged": 1, "invalid": 1, "too_old": 1}
    assert counts.by_topic == {CLICKS: 1, VIEWS: 2}


def test_what_nobody_of_ours_wrote_is_counted_too() -> None:
    strangers = [RawRecord(DEADLETTER, 0, offset, 0, None, b"?", ()) for offset in (7, 8)]
    assert count_dead_letters(strangers).by_reason == {"unreadable": 2}
