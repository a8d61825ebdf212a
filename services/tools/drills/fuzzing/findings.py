"""Past findings of fuzzing, each with its bytes: every run begins with them, and a test repeats each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protos.gen.adloom.events.v1.events_pb2 import Order
from services.common.topics import MAX_MESSAGE_BYTES, ORDERS
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.target_token import signed

_USER: Final = b"u1-4360c67bc81025114044578d7c4e8e0f"
_ROW: Final = (
    b'{"type":"impression","user_id":"bob","creative_id":"c","product_id":"p","propensity":0.5,"policy_id":"old",'
)
_GIF: Final = bytes.fromhex(
    "4749463837610a000a008000000000000000002c000000000a000a000008120001081c48b0a0c18308132a5cc8b061c28000"
)
"""All of a GIF but its last byte."""


@dataclass(frozen=True, slots=True)
class Found:
    """An input that a target once handled wrongly."""

    target: str  # key of the target
    what: str  # what happened
    case: Case
    answer: str  # the right answer, which it gets now


def _message(topic: bytes, value: bytes, content_type: bytes) -> Case:
    kind = {b"ad.orders": b"Order", b"ad.views": b"View", b"ad.clicks": b"Click", b"ad.impressions": b"Impression"}[
        topic
    ]
    heads = (b"ce_specversion", b"1.0", b"ce_id", b"e-1", b"ce_type", b"adloom.events.v1." + kind, b"ce_source", b"s")
    times = (b"ce_time", b"2026-03-01T11:59:57Z", b"content-type", content_type)
    return (topic, _USER, value, *heads, *times)


def _json(topic: bytes, value: bytes) -> Case:
    return _message(topic, value, b"application/json")


def _record(changed: bytes) -> Case:
    """A decision record as protobuf, without an id."""
    value = b"\x1a\x23" + _USER + b"a\0\0\0\0\0\0\xd0?" + changed
    return _message(b"ad.impressions", value, b"application/protobuf")


def _largest_order() -> Case:
    """An order with a valid token and an unknown field, as large as the topic just accepts with its headers."""
    order = Order(user_id=_USER.decode(), product_id="tee-breton", quantity=1, impression_token=signed())
    topic, key, value, *heads = _message(ORDERS.encode(), order.SerializeToString(), b"application/protobuf")
    left = MAX_MESSAGE_BYTES - 128 - sum(map(len, (key, value, *heads)))
    # Number 100, and its length as three bytes of seven bits.
    unknown = b"\xa2\x06" + bytes((left & 127 | 128, left >> 7 & 127 | 128, left >> 14)) + b"x" * left
    return (topic, key, value + unknown, *heads)


FOUND: Final = (
    Found(
        "json",
        "a name of half a character ends the interpreter's call with a SystemError: both workers crash for ever",
        _json(b"ad.clicks", b'{"productId":"tee-breton","\\ud800":null}'),
        "dead letter: invalid",
    ),
    Found(
        "json",
        "an enumeration of half a character does the same",
        _json(b"ad.impressions", b'{"impression_id":"i","user_id":"' + _USER + b'","propensity":1,"rung":"\\ud800"}'),
        "dead letter: invalid",
    ),
    Found(
        "json",
        "half a character in a name deep inside what no message knows",
        _json(b"ad.views", b'{"user_id":"' + _USER + b'","product_id":"p","extra":[{"\\udfff":1}]}'),
        "dead letter: invalid",
    ),
    Found(
        "json",
        "a number of 400 digits as a probability: OverflowError",
        _json(b"ad.impressions", b'{"impression_id":"i","user_id":"' + _USER + b'","propensity":' + b"9" * 400 + b"}"),
        "dead letter: invalid",
    ),
    Found(
        "json",
        "an infinite number as an enumeration: OverflowError",
        _json(b"ad.impressions", b'{"impression_id":"i","user_id":"' + _USER + b'","propensity":1,"rung":1e999}'),
        "dead letter: invalid",
    ),
    Found(
        "protobuf",
        "a decision record shown 292 billion years from now: ValueError in outcomes",
        _record(b"\n\x01i" + b":\n\x08" + b"\xff" * 8 + b"\x7f"),
        "dead letter: invalid",
    ),
    Found(
        "protobuf",
        "a decision record whose id cannot be printed: no outcome could be named after it",
        _record(b"\n\x04i\xef\xbf\xbe"),
        "dead letter: invalid",
    ),
    Found(
        "protobuf",
        "an order as large as its topic takes: kept until its impression comes, it was larger, and outcomes crashed",
        _largest_order(),
        "applied, applied, ad.deadletter",
    ),
    Found(
        "events",
        "two million empty events in one request: four seconds and 1.3 GB, while nobody else is answered",
        (b"\n\0" * 2_097_000, b""),
        "INVALID_ARGUMENT events",
    ),
    Found(
        "lines",
        "a user of half a character, in an impression: UnicodeEncodeError",
        (b"now", _ROW.replace(b"bob", b"\\ud800") + b'"slot":1}\n'),
        "sent 0, rejected 1",
    ),
    Found(
        "lines",
        "a number of 400 digits as a probability: OverflowError",
        (b"now", _ROW.replace(b"0.5", b"9" * 400) + b'"slot":1}\n'),
        "sent 0, rejected 1",
    ),
    Found(
        "lines",
        "a number where a time belongs: AttributeError",
        (b"now", _ROW + b'"shown_at":-1}\n'),
        "sent 0, rejected 1",
    ),
    Found(
        "lines",
        "a value nested as deep as JSON is read: RecursionError in the text of its rejection",
        (b"now", b'{"type":"view","user_id":"a","product_id":"p","x":' + b"[" * 960 + b"]" * 960 + b"}\n"),
        "sent 0, rejected 1",
    ),
    Found(
        "lines",
        "a separator of lines in a rejected row: the file of rejected rows could not be read when the replay went on",
        (
            b"now",
            "\n".join([*['{"type":"\u2028"}'] * 2, *['{"type":"view","user_id":"a","product_id":"p"}'] * 3]).encode(),
        ),
        "sent 3, rejected 2",
    ),
    Found(
        "lines",
        "a click one millisecond after the last moment there is: OverflowError",
        (b"times", _ROW + b'"clicked":true,"time":"9999-12-31T23:59:59.999999Z"}\n'),
        "sent 2, rejected 0",
    ),
    Found(
        "lines",
        "a row whose turn comes in thousands of years: the replay waits for it",
        (
            b"speed",
            b'{"type":"view","user_id":"a","product_id":"p","time":"2026-03-01T12:00:00Z"}\n'
            b'{"type":"view","user_id":"a","product_id":"p","time":"9999-03-01T12:00:00Z"}\n'
            b'{"type":"view","user_id":"a","product_id":"p","time":"2026-03-01T12:00:01Z"}\n',
        ),
        "sent 2, rejected 1",
    ),
    Found(
        "mapped",
        "a mapping with a name of 5,000 letters: the refusal had them all",
        (b"[columns]\nuser_id" + b"d" * 5_000 + b' = "a"\n', b"user_id,product_id,type\na,b,view\n"),
        "refused by columns_said",
    ),
    Found(
        "banners",
        "a GIF that ends where another frame begins: IndexError, when it was asked whether it is animated",
        (b"", _GIF + b"!"),
        "invalid content: a whole picture",
    ),
    Found(
        "feeds",
        "Parquet whose footer is none: the refusal had two lines, as the library's words have",
        (b"", b"PAR1" + b"\xff" * 20 + (20).to_bytes(4, "little") + b"PAR1", b""),
        "refused by __init__",
    ),
    Found(
        "feeds",
        "a link of many braces in a mapping: RecursionError, because it was a format string",
        (b'link = "https://shop.example/' + b"{" * 5_000 + b'"', b"id,title,price\n1,Hat,9 EUR\n", b""),
        "refused by checked_overrides",
    ),
    Found(
        "sheets",
        "a zero byte in the name of a file: ValueError",
        (b"file\na\0.png\n",),
        "invalid file",
    ),
    Found(
        "sheets",
        "ten thousand columns: each was counted among all others, and named in the refusal",
        (b"file" + b",x" * 10_000 + b"\na.png\n",),
        "refused",
    ),
    Found(
        "campaigns",
        "a character that a terminal does not show came back in the refusal",
        (b"\xf4\x8f\xbf\xbf",),
        "refused",
    ),
)
