"""Messages on `ad.products`: a product as it is now, or a tombstone that says that it is gone; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.difference import digest_of
from services.catalogue.ports import Change
from services.common.topics import PRODUCTS
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_or_dead_letter
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord, Record

SOURCE: Final = "catalogue"


@dataclass(frozen=True, slots=True)
class Dated:
    """A change and the LogAppendTime of its message: of two changes of one product, the later counts."""

    change: Change
    appended_ms: int


def read_change(raw: RawRecord) -> Dated | DeadLetter:
    """The change in a message, or its dead letter: no product, or a key that is not the product's id."""
    try:
        key = (raw.key or b"").decode()
    except UnicodeDecodeError:
        key = ""
    if raw.value is None and key:
        return Dated(Change(key, None), raw.timestamp_ms)
    found = decode_or_dead_letter(raw)
    if isinstance(found, DeadLetter):
        return found
    assert isinstance(found.message, Product)
    if found.message.product_id != key:
        return dead_letter_of(raw, "invalid")
    return Dated(Change(key, found.message), raw.timestamp_ms)


def record_of(change: Change, version: str, time: datetime) -> Record:
    """The message of a change; its event id is the same where the same version is sent again."""
    key = change.product_id.encode()
    if change.product is None:
        return Record(PRODUCTS, key, None, ())
    event_id = f"{version}-{digest_of(change.product).hex()}"
    return encode(change.product, event_id=event_id, source=SOURCE, time=time, key=key)
