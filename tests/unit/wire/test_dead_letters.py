"""A dead letter keeps what came, says where from and why, and shows nobody's raw identity."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from protos.gen.adloom.events.v1.events_pb2 import Order, View
from services.common.errors import Rejected
from services.common.topics import DEADLETTER, IMPRESSIONS, MAX_MESSAGE_BYTES, ORDERS, POLICY, VIEWS
from services.wire.codec.deadletter import Origin, dead_letter, read_origin
from services.wire.codec.encode import check_size
from services.wire.codec.envelope import RawRecord, Record
from services.wire.codec.raw_user import shows_raw_user

USER = "u1-" + "a" * 32
KNOWN = (("ce_type", b"adloom.events.v1.View"), ("Ce_Time", b"2026-03-01T12:00:00Z"))
HEADERS = (("content-type", b"application/json"), ("ce_id", b"e1"), ("ce_subject", b"alice"), ("none", None))


def raw(key: bytes | None = USER.encode(), value: bytes | None = b"{broken", topic: str = VIEWS) -> RawRecord:
    return RawRecord(topic, 3, 99, 1_000, key, value, HEADERS)


def read_back(letter: Record) -> RawRecord:
    return RawRecord(DEADLETTER, 0, 0, 0, letter.key, letter.value, letter.headers)


def test_original_bytes_and_the_headers_that_we_know_are_kept() -> None:
    letter = dead_letter(raw(), "undecodable", redact=False)
    assert (letter.topic, letter.key, letter.value) == (DEADLETTER, USER.encode(), b"{broken")
    assert [header for header in letter.headers if not header[0].startswith("adloom_")] == list(HEADERS[:2])
    assert read_origin(read_back(letter)) == Origin(VIEWS, 3, 99, "undecodable")
    assert dict(letter.headers)["adloom_attempts"] == b"1"


def test_redaction_takes_key_value_and_all_headers_that_may_name_the_user() -> None:
    headers = (*HEADERS, ("ce_id", b"alice-7"), ("ce_source", b"shop/alice"), *KNOWN)
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


ADDRESS = b"alice@example.org"
NAMING_HEADERS = [
    ("ce_subject", ADDRESS),
    ("subject", b"alice smith"),
    ("alice@example.org", b""),
    ("baggage", b"mail=" + ADDRESS),
    ("ce_id", b"order-" + ADDRESS),
    ("ce_source", b"https://shop/?who=alice%40example.org"),
    ("ce_source", "alice@example.org".encode("utf-16")),
    ("ce_type", ADDRESS),
    ("ce_time", ADDRESS),
    ("content-type", b"application/json; owner=" + ADDRESS),
    ("adloom_moved", ADDRESS),
    ("adloom_reason", ADDRESS),
]


@pytest.mark.parametrize("redact", [False, True])
@pytest.mark.parametrize("header", NAMING_HEADERS)
def test_no_header_names_a_person(header: tuple[str, bytes], redact: bool) -> None:
    letter = dead_letter(replace(raw(), headers=(header,)), "invalid", redact)
    assert b"alice" not in b"".join(name.encode() + value.replace(b"\0", b"") for name, value in letter.headers)


@pytest.mark.parametrize("value", [b"alice", b"+49 170 1234567", b"alice smith"])
@pytest.mark.parametrize(
    "name", ["ce_type", "ce_time", "ce_specversion", "content-type", "traceparent", "adloom_moved"]
)
def test_a_redacted_letters_headers_say_nothing_but_what_they_are_there_to_say(name: str, value: bytes) -> None:
    letter = dead_letter(replace(raw(), headers=((name, value),)), "invalid", redact=True)
    assert name not in dict(letter.headers)


def view(**more: object) -> bytes:
    return json.dumps({"user_id": USER, "product_id": "p", "dwell_ms": "long", **more}).encode()


def protobuf(**fields: str) -> bytes:
    return View(user_id=USER, product_id="p", **fields).SerializeToString()  # type: ignore[arg-type]


SUBJECT = protobuf() + b"\xa2\x01\x05alice"  # field 20, which no view has
KNOWN_PART = [
    (view(subject="alice@example.org"), view()),
    (view(customer={"name": "alice"}), view()),
    (view(page={"mail": "alice"}), view()),
    (view(query=["x", {"mail": "alice"}]), view(query=["x"])),
    (view(subject="alice").decode().encode("utf-16"), view()),
    (b'{"specversion": "1.0", "subject": "alice", "data": {"name": "alice"}}', b"{}"),  # structured mode
    (SUBJECT, protobuf()),
    (protobuf(page="alice") + View(page="x").SerializeToString(), protobuf(page="x")),  # the second replaces the first
]


@pytest.mark.parametrize(("value", "known"), KNOWN_PART)
def test_of_fields_those_that_we_know_are_kept(value: bytes, known: bytes) -> None:
    assert dead_letter(raw(value=value), "invalid", redact=False).value == known


def test_what_lies_deep_in_a_message_is_kept_where_we_know_it() -> None:
    context = {"page": "home", "name": "alice"}
    value = {"userId": USER, "context": context, "targetPropensities": {"uniform": 0.5}, "candidates": ["a", "b"]}
    letter = dead_letter(raw(value=json.dumps(value).encode(), topic=IMPRESSIONS), "invalid", redact=False)
    assert json.loads(letter.value or b"") == {**value, "context": {"page": "home"}}


@pytest.mark.parametrize(
    "value",
    [
        view(page="https://shop/?mail=alice%40example.org"),
        view(query="alice@example.org").replace(b"@", b"\\u0040"),
        view(query="alice\uff20example.org"),
        protobuf(query="alice@example.org"),
        view(name="alice")[:-2],  # cut short
        b'[{"name": "alice"}]',
        f'{{"user_id": "{USER}", "page": {{"mail": "alice"}}, "page": "x"}}'.encode(),
        b"mail=alice@example.org",
    ],
)
def test_a_value_that_may_name_a_person_all_the_same_is_redacted(value: bytes) -> None:
    assert dead_letter(raw(value=value), "invalid", redact=False).value == b"redacted"


@pytest.mark.parametrize("value", [view(), view(query="a @ b, 5 @home"), protobuf(page="x"), b"\x00\xff" * 9, b""])
def test_what_names_nobody_keeps_its_bytes(value: bytes) -> None:
    assert dead_letter(raw(value=value), "invalid", redact=False).value == value


def test_a_number_written_long_hides_no_unknown_field() -> None:
    order = Order(user_id=USER, product_id="tee", quantity=-1).SerializeToString()
    quantity = b"\xff\xff\xff\xff\x0f"  # five bytes of what is written in ten
    short = order.replace(b"\xff" * 9 + b"\x01", quantity)
    assert len(order) - len(short) == 5
    letter = dead_letter(raw(value=short + b"\x4a\x03bob", topic=ORDERS), "invalid", redact=False)
    assert b"bob" not in (letter.value or b"")


@pytest.mark.parametrize("name", ["traceparent", "content-type", "ce_time", "ce_type", "ce_specversion"])
def test_a_known_header_says_nothing_but_what_it_is_there_to_say(name: str) -> None:
    record = replace(raw(value=view()), headers=((name, b"alice smith"), ("ce_id", b"7")))
    headers = dict(dead_letter(record, "invalid", redact=False).headers)
    assert name not in headers
    assert headers["ce_id"] == b"7"


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


DIGITS = {"decimal": b"&#" + b"1" * 5_000, "zeros": b"&#" + b"0" * 5_000 + b"65;", "hex": b"&#x" + b"1" * 5_000 + b";"}


@pytest.mark.parametrize("reference", DIGITS.values(), ids=DIGITS)
def test_an_entity_with_thousands_of_digits_keeps_its_letter(reference: bytes) -> None:
    record = replace(raw(value=b"hello " + reference), headers=(("ce_id", reference),))
    letter = dead_letter(record, "undecodable", redact=False)
    assert (letter.value, letter.headers[0]) == (record.value, ("ce_id", reference))


def test_an_address_behind_thousands_of_zeros_is_redacted() -> None:
    letter = dead_letter(raw(value=b"alice&#" + b"0" * 5_000 + b"64;example.org"), "undecodable", redact=False)
    assert letter.value == b"redacted"


@pytest.mark.parametrize("scan", ["shows_raw_user", "hides_person", "known_headers"])
def test_a_scan_that_fails_gives_a_redacted_letter_and_logs_no_data(
    scan: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(value: object) -> None:
        raise RuntimeError(f"cannot read {value}")

    monkeypatch.setattr(f"services.wire.codec.deadletter.{scan}", fail)
    letter = dead_letter(raw(value=b"of Alice"), "undecodable", redact=False)
    kept = [header for header in letter.headers if not header[0].startswith("adloom_")]
    assert (letter.key, letter.value, kept) == (b"redacted", b"redacted", [HEADERS[0]])
    assert read_origin(read_back(letter)) == Origin(VIEWS, 3, 99, "undecodable")
    assert [record.getMessage() for record in caplog.records] == [
        "redacted ad.views/3/99, because its scan raised RuntimeError"
    ]
    assert caplog.records[0].exc_info is None
