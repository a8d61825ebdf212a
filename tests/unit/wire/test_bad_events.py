"""Every kind of bad event has its own reason and a text that names the field; none raises anything else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from protos.gen.adloom.events.v1 import events_pb2, outcome_pb2
from services.common.clock import to_ms
from services.common.errors import Rejected
from services.common.topics import CLICKS, OUTCOMES, VIEWS
from services.wire.codec.decode import decode
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
USER = "u1-" + "a" * 32
OTHER = "u1-" + "b" * 32


def good(**changes: Any) -> RawRecord:
    view = events_pb2.View(user_id=USER, product_id="shirt-3", dwell_ms=5)
    record = encode(view, event_id="e1", source="shop", time=NOW, key=USER.encode())
    return replace(RawRecord(VIEWS, 0, 7, to_ms(NOW), record.key, record.value, record.headers), **changes)


def with_header(name: str, *values: bytes | None) -> RawRecord:
    """A good record whose header `name` has these values; none: it is missing."""
    kept = tuple(header for header in good().headers if header[0] != name)
    return good(headers=kept + tuple((name, value) for value in values))


def as_json(text: str | bytes) -> RawRecord:
    value = text.encode() if isinstance(text, str) else text
    return replace(with_header("content-type", b"application/json"), value=value)


def view(**fields: Any) -> RawRecord:
    """A record whose value is a view with these fields, unchecked."""
    message = events_pb2.View(**{"user_id": USER, "product_id": "shirt-3"} | fields)
    return good(value=message.SerializeToString())


def click(**fields: Any) -> RawRecord:
    """A record whose value is a click with these fields, unchecked."""
    value = events_pb2.Click(user_id=USER, **fields).SerializeToString()
    return replace(with_header("ce_type", b"adloom.events.v1.Click"), topic=CLICKS, value=value)


def test_the_good_record_is_good() -> None:
    assert decode(good()).message == events_pb2.View(user_id=USER, product_id="shirt-3", dwell_ms=5)


def test_a_click_on_an_ad_may_be_on_no_product() -> None:
    on_ad = click(impression_token="a.b")
    assert decode(on_ad).message == events_pb2.Click(user_id=USER, impression_token="a.b")


CASES: dict[str, tuple[RawRecord, str, str]] = {
    # headers
    "no headers at all": (good(headers=()), "undecodable", "content-type"),
    "no content type": (with_header("content-type"), "undecodable", "content-type"),
    "content type without value": (with_header("content-type", None), "undecodable", "content-type"),
    "wrong content type": (with_header("content-type", b"text/plain"), "undecodable", "content-type"),
    "structured mode": (with_header("content-type", b"application/cloudevents+json"), "undecodable", "content-type"),
    "JSON in another charset": (
        with_header("content-type", b"application/json; charset=utf-16"),
        "undecodable",
        "content-type",
    ),
    "content type that is no text": (with_header("content-type", b"\xff\xfe"), "undecodable", "content-type"),
    "no specversion": (with_header("ce_specversion"), "invalid", "ce_specversion"),
    "specversion of the future": (with_header("ce_specversion", b"2.0"), "invalid", "ce_specversion"),
    "no id": (with_header("ce_id"), "invalid", "ce_id"),
    "id without value": (with_header("ce_id", None), "invalid", "ce_id"),
    "empty id": (with_header("ce_id", b""), "invalid", "ce_id"),
    "id that is no text": (with_header("ce_id", b"\xc3\x28"), "invalid", "ce_id"),
    "id with a control character": (with_header("ce_id", b"a\nb"), "invalid", "ce_id"),
    "endless id": (with_header("ce_id", b"x" * 257), "invalid", "ce_id"),
    "two different ids": (with_header("ce_id", b"a", b"b"), "invalid", "ce_id"),
    "no source": (with_header("ce_source"), "invalid", "ce_source"),
    "no time": (with_header("ce_time"), "invalid", "ce_time"),
    "time in words": (with_header("ce_time", b"yesterday"), "invalid", "ce_time"),
    "time without zone": (with_header("ce_time", b"2026-03-01T12:00:00"), "invalid", "ce_time"),
    "date only": (with_header("ce_time", b"2026-03-01"), "invalid", "ce_time"),
    "milliseconds as time": (with_header("ce_time", b"1772366400000"), "invalid", "ce_time"),
    "year 99999": (with_header("ce_time", b"99999-01-01T00:00:00Z"), "invalid", "ce_time"),
    "a 30th of February": (with_header("ce_time", b"2026-02-30T00:00:00Z"), "invalid", "ce_time"),
    "offset of 99 hours": (with_header("ce_time", b"2026-03-01T12:00:00+99:00"), "invalid", "ce_time"),
    "digits of another script": (with_header("ce_time", "٢٠٢٦-03-01T12:00:00Z".encode()), "invalid", "ce_time"),
    # type and topic
    "no type": (with_header("ce_type"), "invalid", "ce_type"),
    "unknown type": (with_header("ce_type", b"shop.Viewed"), "unknown_type", "ce_type"),
    "type of the next version": (with_header("ce_type", b"adloom.events.v2.View"), "unknown_type", "ce_type"),
    "view on the clicks": (good(topic=CLICKS), "unknown_type", "ce_type"),
    "topic of another house": (good(topic="other"), "unknown_type", "ce_type"),
    # bytes
    "no value": (good(value=None), "undecodable", "value"),
    "bytes that are no protobuf": (good(value=b"\xff\xff\xff"), "undecodable", "value"),
    "JSON called protobuf": (good(value=b'{"user_id": "x"}'), "undecodable", "value"),
    "protobuf called JSON": (replace(as_json(b""), value=good().value), "undecodable", "value"),
    "text that is no UTF-8": (good(value=b"\x0a\x02\xff\xff"), "undecodable", "value"),
    "broken JSON": (as_json('{"user_id": '), "undecodable", "value"),
    "a JSON list": (as_json("[1, 2]"), "undecodable", "value"),
    "a JSON null": (as_json("null"), "undecodable", "value"),
    "JSON in UTF-16": (as_json('{"user_id": "x"}'.encode("utf-16")), "undecodable", "value"),
    "JSON of a hundred thousand brackets": (as_json("[" * 100_000), "undecodable", "value"),
    "a JSON field given twice": (as_json('{"user_id": "a", "user_id": "b"}'), "undecodable", "value"),
    # fields
    "JSON text where a number belongs": (
        as_json(f'{{"user_id": "{USER}", "dwell_ms": "long"}}'),
        "invalid",
        "dwell_ms",
    ),
    "JSON number where text belongs": (as_json('{"user_id": 5}'), "invalid", "user_id"),
    "a JSON list where text belongs": (as_json('{"product_id": ["a"]}'), "invalid", "product_id"),
    "JSON number beyond 64 bits": (as_json('{"dwell_ms": ' + "9" * 30 + "}"), "invalid", "dwell_ms"),
    "JSON with half a surrogate": (as_json(r'{"product_id": "\ud800"}'), "invalid", "product_id"),
    "no user": (view(user_id=""), "invalid", "user_id"),
    "no product": (view(product_id=""), "invalid", "product_id"),
    "click on nothing": (click(), "invalid", "product_id"),
    "product with a long name": (view(product_id="x" * 129), "invalid", "product_id"),
    "negative dwell": (view(dwell_ms=-1), "invalid", "dwell_ms"),
    "dwell of a year": (view(dwell_ms=365 * 86_400_000), "invalid", "dwell_ms"),
    "endless query": (view(query="x" * 513), "invalid", "query"),
    # user
    "raw identity in the value": (view(user_id="alice@example.org"), "not_a_pseudonym", "user_id"),
    "raw identity in the key": (good(key=b"alice@example.org"), "not_a_pseudonym", "key"),
    "no key": (good(key=None), "not_a_pseudonym", "key"),
    "key that is no text": (good(key=b"\xff\x00"), "not_a_pseudonym", "key"),
    "pseudonym in capitals": (view(user_id=USER.upper()), "not_a_pseudonym", "user_id"),
    "key of another user": (good(key=OTHER.encode()), "invalid", "key"),
    # time
    "a day and a second old": (good(timestamp_ms=to_ms(NOW + timedelta(hours=24, seconds=1))), "too_old", "ce_time"),
    "from 1970": (with_header("ce_time", b"1970-01-01T00:00:00Z"), "too_old", "ce_time"),
    "before year 1 in UTC": (with_header("ce_time", b"0001-01-01T00:00:00+23:59"), "too_old", "ce_time"),
    "six minutes ahead": (good(timestamp_ms=to_ms(NOW - timedelta(minutes=6))), "from_the_future", "ce_time"),
    "after year 9999 in UTC": (with_header("ce_time", b"9999-12-31T23:59:59-23:59"), "from_the_future", "ce_time"),
    "broker time beyond all calendars": (good(timestamp_ms=2**62), "invalid", "timestamp"),
}


@pytest.mark.parametrize("name", CASES)
def test_bad_event_is_rejected_for_its_reason(name: str) -> None:
    raw, reason, field = CASES[name]
    with pytest.raises(Rejected) as caught:
        decode(raw)
    assert (caught.value.reason, caught.value.field) == (reason, field)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[1] == "not_a_pseudonym"])
def test_the_text_of_a_raw_identity_does_not_repeat_it(name: str) -> None:
    with pytest.raises(Rejected) as caught:
        decode(CASES[name][0])
    assert "alice" not in str(caught.value)


@pytest.mark.parametrize(
    "raw",
    [
        with_header("content-type", b"application/protobuf; proto=adloom.events.v1.View"),
        with_header("ce_id", b"e1", b"e1"),
        with_header("traceparent", b"\xffbroken"),
        with_header("ce_time", b"2026-03-01T12:00:00.123456789Z"),
        with_header("ce_time", b"2026-03-01t12:59:60+01:00"),
        with_header("ce_time", (NOW - timedelta(hours=24)).isoformat().encode()),
        with_header("ce_time", (NOW + timedelta(minutes=5)).isoformat().encode()),
        as_json(f'{{"userId": "{USER}", "productId": "shirt-3", "fieldOfTomorrow": [1]}}'),
        replace(
            as_json(f'{{"user_id": "{USER}", "product_id": "s"}}'),
            headers=tuple(
                ("Content-Type", b"application/json; charset=UTF-8") if name == "content-type" else (name, value)
                for name, value in good().headers
            ),
        ),
    ],
)
def test_unusual_but_lawful_records_are_taken(raw: RawRecord) -> None:
    assert decode(raw).event_id == "e1"


def test_an_outcome_settled_days_later_is_not_too_old() -> None:
    outcome = outcome_pb2.Outcome(outcome_id="i1:click", user_id=USER, kind=outcome_pb2.CLICKED)
    record = encode(outcome, event_id="i1:click", source="outcomes", time=NOW, key=USER.encode())
    later = to_ms(NOW + timedelta(days=3))
    assert decode(RawRecord(OUTCOMES, 0, 0, later, record.key, record.value, record.headers)).time == NOW


def test_what_would_be_refused_is_not_encoded() -> None:
    view = events_pb2.View(user_id="alice@example.org", product_id="shirt-3")
    with pytest.raises(Rejected, match="pseudonym"):
        encode(view, event_id="e1", source="shop", time=NOW, key=b"alice@example.org")
    with pytest.raises(Rejected, match="ce_id"):
        encode(events_pb2.View(user_id=USER, product_id="s"), event_id="", source="shop", time=NOW, key=USER.encode())


def test_a_record_larger_than_a_topic_takes_is_refused_with_its_size() -> None:
    outcome = outcome_pb2.Outcome(outcome_id="i1", user_id=USER, segment="x" * 1_100_000)
    with pytest.raises(Rejected, match="1100.* bytes"):
        encode(outcome, event_id="i1", source="outcomes", time=NOW, key=USER.encode())
