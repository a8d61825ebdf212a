"""Messages on `ad.products`: a product as it is now, or a tombstone that says that it is gone; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.difference import digest_of
from services.catalogue.ports import Change
from services.common.topics import PRODUCTS
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_keyed
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Position, RawRecord, Record

SOURCE: Final = "catalogue"


@dataclass(frozen=True, slots=True)
class Dated:
    """A change and the position of its message."""

    change: Change
    position: Position


class NewestChanges:
    """Tells which messages are newer than all earlier ones about their product; belongs to one thread."""

    def __init__(self) -> None:
        self._positions: dict[str, Position] = {}  # by product id

    def takes(self, product_id: str, position: Position) -> bool:
        """Whether the message is the newest about its product so far; if so, it is remembered as that."""
        newest = position.follows(self._positions.get(product_id))
        if newest:
            self._positions[product_id] = position
        return newest


def read_change(raw: RawRecord) -> Dated | DeadLetter:
    """The change in a message, or its dead letter: no product, or a key that is not the product's id."""
    found = decode_keyed(raw)
    if isinstance(found, DeadLetter):
        return found
    key, message = found
    if message is None:
        return Dated(Change(key, None), raw.position())
    assert isinstance(message, Product)
    if message.product_id != key:
        return dead_letter_of(raw, "invalid")
    return Dated(Change(key, message), raw.position())


def record_of(change: Change, version: str, time: datetime) -> Record:
    """The message of a change; its event id is the same where the same version is sent again."""
    key = change.product_id.encode()
    if change.product is None:
        return Record(PRODUCTS, key, None, ())
    event_id = f"{version}-{digest_of(change.product).hex()}"
    return encode(change.product, event_id=event_id, source=SOURCE, time=time, key=key)
