"""A dead letter keeps what came, says where from and why, and shows nobody's raw identity."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.common.errors import Rejected
from services.common.topics import DEADLETTER, IMPRESSIONS, MAX_MESSAGE_BYTES, POLICY, VIEWS
from services.wire.deadletter import Origin, dead_letter, read_origin
from services.wire.encode import check_size
from services.wire.envelope import RawRecord, Record
from services.wire.raw_user import shows_raw_user

USER = "u1-" + "a" * 32
HEADERS = (("content-type", b"application/json"), ("ce_id", b"e1"), ("ce_subject", b"alice"), ("none", None))


def raw(key: bytes | None = USER.encode(), value: bytes | None = b"{broken", topic: str = VIEWS) -> RawRecord:
    return RawRecord(topic, 3, 99, 1_000, key, value, HEADERS)


def read_back(letter: Record) -> RawRecord:
    return RawRecord(DEADLETTER, 0, 0, 0, letter.key, letter.value, letter.headers)


def test_original_bytes_and_headers_are_kept() -> None:
    letter = dead_letter(raw(), "undecodable", redact=False)
    assert (letter.topic, letter.key, letter.value) == (DEADLETTER, USER.encode(), b"{broken")
    assert dict(letter.headers)["ce_subject"] == b"alice"
    assert read_origin(read_back(letter)) == Origin(VIEWS, 3, 99, "undecodable")
    assert dict(letter.headers)["adloom_attempts"] == b"1"


def test_redaction_takes_key_value_and_all_headers_that_may_name_the_user() -> None:
    headers = (*HEADERS, ("ce_id", b"alice-7"), ("ce_source", b"shop/alice"), ("ce_type", b"t"), ("Ce_Time", b"now"))
    letter = dead_letter(replace(raw(), headers=headers), "not_a_pseudonym", redact=True)
    assert b"alice" not in b"".join(value for _, value in letter.headers)
    assert {name for name, _ in letter.headers if not name.startswith("adloom_")} == {
        "content-type", "ce_type", "Ce_Time",
    }  # fmt: skip
    assert letter.key == letter.value == b"redacted"
    assert read_origin(read_back(letter)) == Origin(VIEWS, 3, 99, "not_a_pseudonym")


@pytest.mark.parametrize(
    "record",
    [
        raw(key=b"alice"),
        raw(value=b'{"user_id": "alice", "dwell_ms": "long"}'),
        raw(value=b'{"userId" : "alice"'),
        raw(value=b'{"user_id": 12345}'),
        raw(value=b"\x0a\x05alice\x12\x00"),
        raw(value=b"\x0a\x05alice\x12\xff"),  # no protobuf, but the user can be read
        raw(value=b"\x0a\x40alice"),  # cut short
        raw(value=b"\x18\x01\x1a\x05alice\xff", topic=IMPRESSIONS),
        raw(value=b'{"userID": "alice"}'),
        raw(value=b'{"USER_ID": "alice"}'),
        raw(value=b"{'user_id': 'alice'}"),
        raw(value=b"user_id=alice"),
        raw(value=b'{"us\\u0065r_id": "alice"}'),
        raw(value=b'{"us\\u0065r_id": "alice"'),
        raw(value=b'{"user": {"id": "alice"}}'),
        raw(value=b'{"context": [{"userId": "alice"}]}'),
        raw(value=f'{{"user_id": "alice", "user_id": "{USER}"}}'.encode()),
        raw(value=f'{{"user_id": "{USER}", "user": "alice"'.encode()),
        raw(value='{"user_id": "alice"}'.encode("utf-16")),
    ],
)
def test_a_raw_identity_is_redacted_whatever_the_reason(record: RawRecord) -> None:
    assert shows_raw_user(record)
    assert dead_letter(record, "invalid", redact=False).value == b"redacted"


@pytest.mark.parametrize(
    "record",
    [
        raw(),
        raw(key=None),
        raw(value=None),
        raw(value=b"\xff\xfe\x00"),
        raw(value=b"garbage\n"),
        raw(value=f'{{"user_id": "{USER}"'.encode()),
        raw(value=f'{{"user_id": "{USER}", "user_agent": "curl"'.encode()),
        raw(value=f'{{"userId": "{USER}", "userAgent": "a \\"user\\"", "dwell_ms": "long"}}'.encode()),
        raw(value=b"\x0a\x23" + USER.encode() + b"\xff"),
        raw(value=b"\x1a\x23" + USER.encode() + b"\xff", topic=IMPRESSIONS),
    ],
)
def test_what_shows_no_identity_is_kept_for_whoever_must_find_the_fault(record: RawRecord) -> None:
    assert dead_letter(record, "invalid", redact=False).value == record.value


def test_a_policy_key_is_nobodys_identity() -> None:
    assert dead_letter(raw(key=b"thompson", topic=POLICY), "invalid", redact=False).key == b"thompson"


def test_forged_origin_headers_do_not_survive() -> None:
    forged = RawRecord(VIEWS, 3, 99, 0, USER.encode(), b"", (("adloom_offset", b"1"), ("adloom_reason", b"fine")))
    assert read_origin(read_back(dead_letter(forged, "invalid", redact=False))) == Origin(VIEWS, 3, 99, "invalid")


@pytest.mark.parametrize("headers", [(), (("adloom_reason", b"x"),), (("adloom_partition", b"one"),), (("a", None),)])
def test_a_message_that_is_no_dead_letter_is_refused(headers: tuple[tuple[str, bytes | None], ...]) -> None:
    with pytest.raises(Rejected, match="adloom_reason"):
        read_origin(RawRecord(DEADLETTER, 0, 0, 0, None, None, headers))


@pytest.mark.parametrize("size", [MAX_MESSAGE_BYTES, 3 * MAX_MESSAGE_BYTES])
def test_a_dead_letter_fits_its_topic_whatever_it_holds(size: int) -> None:
    letter = dead_letter(raw(value=b"x" * size), "undecodable", redact=False)
    check_size(letter)
    assert read_origin(read_back(letter)) == Origin(VIEWS, 3, 99, "undecodable")
    assert ("adloom_cut_from_bytes" in dict(letter.headers)) == (size > MAX_MESSAGE_BYTES)


def test_endless_headers_are_cut_too() -> None:
    many = tuple((f"x{i}", b"y" * 100_000) for i in range(30))
    check_size(dead_letter(RawRecord(VIEWS, 0, 0, 0, USER.encode(), b"", many), "undecodable", redact=False))
