"""A dead letter shows nobody's raw identity under the wrappings that producers use; other bytes are kept."""

from __future__ import annotations

import base64
import gzip
import json
import struct
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest

from protos.gen.adloom.events.v1.event_service_pb2 import Event
from protos.gen.adloom.events.v1.events_pb2 import Click, View
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.topics import IMPRESSIONS, MAX_MESSAGE_BYTES, VIEWS
from services.wire.codec.deadletter import dead_letter
from services.wire.codec.envelope import RawRecord
from services.wire.codec.unwrapped import INFLATED_AT_ONCE_BYTES, MOST_INFLATED_IN_ALL_BYTES, Work, unwrapped

USER = "u1-4360c67bc81025114044578d7c4e8e0f"
Wrap = Callable[[bytes], bytes]


def letter_of(value: bytes) -> bytes | None:
    raw = RawRecord(VIEWS, 3, 99, 1_000, USER.encode(), value, ())
    return dead_letter(raw, "undecodable", redact=False).value


def view(user: str) -> bytes:
    return View(user_id=user, product_id="tee-breton", dwell_ms=900).SerializeToString()


def view_json(user: str, **more: str) -> bytes:
    return json.dumps({"user_id": user, "product_id": "tee-breton", **more}).encode()


def grpc(message: bytes, flag: bytes = b"\0") -> bytes:
    return flag + struct.pack(">I", len(message)) + message


def delimited(message: bytes) -> bytes:
    return bytes([len(message) & 127 | 128, len(message) >> 7]) + message


def deflated(message: bytes) -> bytes:
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflate.compress(message) + deflate.flush()


FRAMES: dict[str, Wrap] = {
    "Confluent": lambda message: b"\0\0\0\0\x07" + message,
    "Confluent, first message": lambda message: b"\0\0\0\0\x07\0" + message,
    "Confluent, second message": lambda message: b"\0\0\0\0\x07\2\2" + message,
    "Confluent, message in a message": lambda message: b"\0\0\0\0\x07\4\2\0" + message,
    "Apicurio": lambda message: b"\0" * 8 + b"\x07" + message,
    "Glue": lambda message: b"\3\0" + b"\x9d" * 16 + message,
    "Avro's single object": lambda message: b"\xc3\1" + b"\x9d" * 8 + message,
    "gRPC": grpc,
    "gRPC, several": lambda message: grpc(message) * 3,
    "gRPC, cut": lambda message: grpc(message + b"...")[:-3],
    "delimited": delimited,
    "delimited, several": lambda message: delimited(message) * 3,
    "four bytes of length": lambda message: struct.pack(">I", len(message)) + message,
}
COMPRESSIONS: dict[str, Wrap] = {
    "gzip": gzip.compress,
    "gzip, two members": lambda message: gzip.compress(b"{}") + gzip.compress(message),
    "gzip, cut": lambda message: gzip.compress(message)[:-6],
    "zlib": zlib.compress,
    "zlib, stored": lambda message: zlib.compress(message, 0),
    "deflate": deflated,
}
TEXTS: dict[str, Wrap] = {
    "base64": base64.b64encode,
    "base64url without padding": lambda message: base64.urlsafe_b64encode(message).rstrip(b"="),
    "base64 in lines": base64.encodebytes,
    "base64 in JSON": lambda message: json.dumps([base64.b64encode(message).decode()]).encode(),
    "base64 in a path": lambda message: b"https://shop.example/p/" + base64.urlsafe_b64encode(message),
    "base64 in a page": lambda message: view_json(USER, page="/?d=" + base64.b64encode(message).decode()),
    "hex": lambda message: message.hex().encode(),
    "HEX": lambda message: message.hex().upper().encode(),
    "hex with 0x": lambda message: b"0x" + message.hex().encode(),
    "hex in groups": lambda message: message.hex(" ", 4).encode(),
    "percent": lambda message: quote(message, safe="").encode(),
    "percent, all": lambda message: "".join(f"%{byte:02x}" for byte in message).encode(),
    "percent, twice": lambda message: quote(quote(message)).encode(),
    "escapes": lambda message: "".join(f"\\u{byte:04x}" for byte in message).encode(),
    "a JSON text": lambda message: json.dumps(message.decode("latin-1")).encode(),
    "a JSON text of JSON": lambda message: json.dumps(json.dumps(message.decode("latin-1"))).encode(),
    "CloudEvents, structured": lambda message: json.dumps(
        [{"specversion": "1.0", "data_base64": base64.b64encode(message).decode()}]
    ).encode(),
}
NESTED: dict[str, Wrap] = {
    "gRPC of gzip": lambda message: grpc(gzip.compress(message), b"\1"),
    "Glue of zlib": lambda message: b"\3\5" + b"\x9d" * 16 + zlib.compress(message),
    "base64 of gzip": lambda message: base64.b64encode(gzip.compress(message)),
    "base64 of base64": lambda message: base64.b64encode(base64.b64encode(message)),
    "base64 of gzip of a frame": lambda message: base64.b64encode(gzip.compress(b"\0\0\0\0\x07\0" + message)),
    "gzip of hex": lambda message: gzip.compress(message.hex().encode()),
    "gzip of gzip": lambda message: gzip.compress(gzip.compress(message)),
}
WRAPS = {**FRAMES, **COMPRESSIONS, **TEXTS, **NESTED}
RAW = {
    "view": view("alice"),
    "click": Click(user_id="alice", product_id="tee", impression_token="x.y").SerializeToString(),
    "impression": Impression(impression_id="i1", user_id="alice", propensity=0.5).SerializeToString(),
    "event of our service": Event(view=View(user_id="alice", product_id="tee")).SerializeToString(),
    "view with an unknown field": view(USER) + b"\xa2\x01\x05alice",
    "JSON": view_json("alice"),
    "JSON in camelCase": b'{"userId": "alice"}',
    "JSON with an unknown field": view_json(USER, name="alice"),
    "form": b"user_id=alice&product_id=tee",
    "address": b"alice@example.org",
    "address of an international domain": "alice@müller.de".encode(),
    "Avro": b"\x22alice@example.org\x06tee",
}


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_a_wrapped_raw_identity_is_redacted(wrap: Wrap) -> None:
    assert [name for name, bare in RAW.items() if letter_of(wrap(bare)) != b"redacted"] == []


IMPRESSION = Impression(
    impression_id="imp-962-2e4177ed", user_id=USER, propensity=0.5, placement_id="top", candidates=["c-1", "c-2"],
    seed=bytes(range(160, 176)), target_propensities={"uniform": 0.5, "thompson": 0.25}, features=[0.5, 1.5],
)  # fmt: skip
"""With fields that are messages themselves, of which the first field is a text as a view's user is."""

CLEAN = {
    "view": view(USER),
    "click": Click(user_id=USER, product_id="tee").SerializeToString(),
    "impression": IMPRESSION.SerializeToString(),
    "JSON": view_json(USER),
    "Avro": b"\x46" + USER.encode() + b"\x06tee",
}


@pytest.mark.parametrize("bare", CLEAN.values(), ids=CLEAN)
def test_a_message_that_names_nobody_keeps_its_bytes(bare: bytes) -> None:
    raw = RawRecord(IMPRESSIONS if bare == CLEAN["impression"] else VIEWS, 3, 99, 1_000, USER.encode(), bare, ())
    assert dead_letter(raw, "too_old", redact=False).value == bare


@pytest.mark.parametrize("name", [*FRAMES, "base64", "base64url without padding", "base64 in lines", "hex"])
def test_a_wrapped_message_that_names_nobody_keeps_its_bytes(name: str) -> None:
    wrapped = {kind: WRAPS[name](bare) for kind, bare in CLEAN.items()}
    assert {kind: letter_of(value) for kind, value in wrapped.items()} == wrapped


ADDRESSES = (
    "alice@example.org", "alice%40example.org", "alice%2540example.org", "alice%25252540example.org",
    "alice&commat;example.org", "alice&#64;example.org", "alice&#0064;example.org", "alice&#x40;example.org",
    "alice%u0040example.org", "alice\\u0040example.org", "alice\\x40example.org", "alice\uff20example.org",
    "alice\ufe6bexample.org", "alice%EF%BC%A0example.org", "alice(at)example.org", "alice [at] example [dot] org",
    "ALICE {AT} EXAMPLE (DOT) ORG", "alice <at> example.org", "alice at example (dot) org",
    "alice (at) example dot org", "alice%5Bat%5Dexample.org", "alice&lpar;at&rpar;example&period;org",
    "alice @ example.org", "alice@\u200bexample.org", "alice@xn--mller-kva.de", "алиса@почта.рф", "alice@[192.0.2.1]",
    '"alice smith"@example.org', "https://shop.example/?to=YWxpY2VAZXhhbXBsZS5vcmc%3D", "https://shop.example/?user=alice",
    '{"user_id": "alice"}',
)  # fmt: skip


@pytest.mark.parametrize("text", ADDRESSES)
def test_a_person_in_a_known_field_is_seen_however_it_is_written(text: str) -> None:
    values = [
        view_json(USER, page=text),
        view_json(USER, query=text)[:-1],
        View(user_id=USER, product_id="p", page=text).SerializeToString(),
        gzip.compress(View(user_id=USER, product_id="p", query=text).SerializeToString()),
    ]
    assert [letter_of(value) for value in values] == [b"redacted"] * 4


ORDINARY = (
    "Look at me! Cotton T-shirt", "shoes at zalando.de", "polka dot dress at sale", "A cat (at) home",
    "a look at polka dot tops", "sneakers [men] at best price. Free delivery", "3 @ 5.50 each", "5 @home LED bulbs",
    "2.4 GHz @ 100 mW", "C&A women's dress", "H&M &#8211; slim fit", "50% cotton / 50% wool, 40°", "100%25 cotton",
    "Größe 40 (EU) [sale]", "user manual for washing machine", "multi-user board game", "Echo Dot (5th gen)",
    "https://shop.example/p/red-shoe?size=40&color=blue", "https://shop.example/search?q=look%20at%20me&page=2",
    "https://shop.example/img/4360c67bc81025114044578d7c4e8e0f.jpg", "https://shop.example/s/aGVsbG8gd29ybGQ",
    "https://shop.example/p/550e8400-e29b-41d4-a716-446655440000", "https://shop.example/users/guide",
    "https://shop.example/?gclid=EAIaIQobChMI8c7m5YqL_gIVFcaGCh0QxgHFEAAYASAAEgJ3pPD_BwE",
    f"https://shop.example/?user={USER}", "Trousers: slim fit", "?category=trousers=slim", "Häuser: Modelle aus Holz",
    "game, multi-user: yes", "user-friendly: yes", 't-shirt "superuser"',
)  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_and_links_keep_their_letter(text: str) -> None:
    values = [view_json(USER, query=text), View(user_id=USER, product_id="p", page=text).SerializeToString()]
    assert [letter_of(value) for value in values] == values


@pytest.mark.parametrize(
    "text",
    ["trouser_user=alice", "retrouser=alice", "multi-user_id=alice", "multi-user.name: alice", 
     "user-friendly-name=alice", "superuser: alice", "appuser=alice", "end user: alice"],
)  # fmt: skip
def test_a_field_like_an_ordinary_word_still_names_a_user(text: str) -> None:
    values = [view_json(USER, query=text), base64.b64encode(text.encode() * 3)]
    assert [letter_of(value) for value in values] == [b"redacted"] * 2


CLOSED = (
    gzip.compress(b"\0" * 8 * MAX_MESSAGE_BYTES),  # unpacks to more than is looked at
    gzip.compress(view("alice"))[:-8] + b"damaged!",
    b"\x28\xb5\x2f\xfd\x20",  # zstd
    b"\x04\x22\x4d\x18\x64",  # lz4
    b"\xff\x06\x00\x00sNaPpY\x01",
    b"\x82SNAPPY\0\0",
    b"\0\0\0\0\x07\0\x28\xb5\x2f\xfd\x20",
    b"\n\0" * 4_000 + gzip.compress(view("alice")),
)


@pytest.mark.parametrize("value", CLOSED)
def test_what_is_not_opened_is_not_kept(value: bytes) -> None:
    assert letter_of(value) == b"redacted"


ZEROS = gzip.compress(bytes(2_000_000))
BOMBS = {
    "the same member again and again": ZEROS * 500,
    "gzip of it": gzip.compress(ZEROS * 1_000),
    "small members": gzip.compress(b"a") * 1_000,
    "damaged pieces": b"".join(
        FRAMES["four bytes of length"](zlib.compress(bytes(500_000 + more))[:-4] + b"oops") for more in range(100)
    ),
}


@pytest.mark.parametrize("value", BOMBS.values(), ids=BOMBS)
def test_the_bytes_inflated_for_one_message_are_bounded_whatever_repeats(value: bytes) -> None:
    work = Work()
    assert list(unwrapped(value, work))[-1] is None
    assert work.inflated_bytes <= MOST_INFLATED_IN_ALL_BYTES + INFLATED_AT_ONCE_BYTES
    assert letter_of(value) == b"redacted"


def test_a_batch_of_large_members_is_looked_at_to_its_end() -> None:
    batch = [gzip.compress(view(USER) * 5_000), gzip.compress(b"{}" * 100_000), gzip.compress(view("alice"))]
    assert [inner.data for inner in unwrapped(b"".join(batch)) if inner][:3] == list(map(gzip.decompress, batch))


def test_a_message_of_nothing_but_backslashes_is_not_unescaped() -> None:
    work = Work()
    assert (list(unwrapped(b"\\" * MAX_MESSAGE_BYTES, work)), work.contents) == ([None], 0)


def test_an_event_id_hides_nobody() -> None:
    headers = (("ce_id", base64.b64encode(b"alice@example.org")), ("ce_source", b"/shop/alice(at)example.org"))
    raw = RawRecord(VIEWS, 3, 99, 1_000, USER.encode(), view_json(USER), headers)
    assert {"ce_id", "ce_source"}.isdisjoint(dict(dead_letter(raw, "invalid", redact=False).headers))


def test_an_event_id_longer_than_any_is_not_kept() -> None:
    raw = RawRecord(VIEWS, 3, 99, 1_000, USER.encode(), view_json(USER), (("ce_id", b"e" * 8_193), ("ce_source", b"e")))
    assert "ce_id" not in dict(dead_letter(raw, "invalid", redact=False).headers)
    assert "ce_source" in dict(dead_letter(raw, "invalid", redact=False).headers)
