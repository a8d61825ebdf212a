"""One way from a raw message to an event or a dead letter, for every consumer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from protos.gen.adloom.events.v1 import events_pb2
from services.common.clock import to_ms
from services.common.topics import DEADLETTER, VIEWS
from services.wire.codec.decode import decode
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_or_dead_letter
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord

NOW = datetime(2026, 3, 1, tzinfo=UTC)
USER = "u1-" + "a" * 32


def raw() -> RawRecord:
    view = events_pb2.View(user_id=USER, product_id="p")
    made = encode(view, event_id="e1", source="s", time=NOW, key=USER.encode())
    return RawRecord(VIEWS, 3, 7, to_ms(NOW), made.key, made.value, made.headers)


def test_an_event_is_what_decode_finds() -> None:
    assert decode_or_dead_letter(raw()) == decode(raw())


@pytest.mark.parametrize(
    ("change", "reason", "key"),
    [
        ({"value": b"\xff"}, "undecodable", USER.encode()),
        ({"timestamp_ms": to_ms(NOW) - 600_000}, "from_the_future", USER.encode()),
        ({"key": b"alice"}, "not_a_pseudonym", b"redacted"),
    ],
)
def test_anything_else_is_a_dead_letter_with_its_origin_and_reason(
    change: dict[str, object], reason: str, key: bytes
) -> None:
    found = decode_or_dead_letter(replace(raw(), **change))  # type: ignore[arg-type]
    assert isinstance(found, DeadLetter)
    assert (found.topic, found.reason) == (VIEWS, reason)
    assert (found.record.topic, found.record.key) == (DEADLETTER, key)
    assert dict(found.record.headers)["adloom_reason"] == reason.encode()


def test_an_event_that_its_consumer_has_no_use_for_is_refused_as_it_came() -> None:
    letter = dead_letter_of(raw(), "forged")
    assert (letter.reason, letter.record.key, letter.record.value) == ("forged", USER.encode(), raw().value)
