"""A click leads where the shop's newest message about the product says."""

from __future__ import annotations

import pytest

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.common.clock import from_ms
from services.common.topics import PRODUCTS
from services.web.kafka_links import KafkaLinks
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord


def raw(link: str | None, appended_ms: int) -> RawRecord:
    """A message about the hat with this link; a tombstone for None."""
    product = pb.Product(
        product_id="hat", title="Hat", price_minor=1, currency="EUR", availability=pb.Availability.IN_STOCK, link=link
    )
    sent = encode(product, event_id="e", source="shop", time=from_ms(0), key=b"hat")
    return RawRecord(PRODUCTS, 0, 0, appended_ms, b"hat", None if link is None else sent.value, sent.headers)


@pytest.mark.parametrize(
    ("messages", "page"),
    [
        ([("https://shop.example/1", 1), ("https://shop.example/2", 2)], "https://shop.example/2"),
        ([("https://shop.example/2", 2), ("https://shop.example/1", 1)], "https://shop.example/2"),
        ([("https://shop.example/1", 1), (None, 2)], None),
        ([(None, 1), ("https://shop.example/1", 2)], "https://shop.example/1"),
        ([("", 1)], ""),
    ],
)
def test_the_newest_message_counts(messages: list[tuple[str | None, int]], page: str | None) -> None:
    links = KafkaLinks("127.0.0.1:1")
    for link, appended_ms in messages:
        links.apply(raw(link, appended_ms))
    assert links.pages == {"hat": page}


def test_what_is_no_product_changes_nothing() -> None:
    links = KafkaLinks("127.0.0.1:1")
    links.apply(RawRecord(PRODUCTS, 0, 0, 1, b"hat", b"\xff", ()))
    assert links.pages == {}
