"""A click leads where the shop's newest message about the product says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.assets.creative import Draft, finished
from services.assets.creative_messages import record_of
from services.common.clock import from_ms
from services.common.topics import CLICKS, CREATIVES, PRODUCTS
from services.common.verdict import STAND_IN
from services.web.tracking.address import sendable
from services.web.tracking.kafka_creative_links import KafkaCreativeLinks
from services.web.tracking.kafka_links import KafkaLinks
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord
from tests.unit.web.web_under_test import WebUnderTest


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


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("https://shop.example/帽", "https://shop.example/%E5%B8%BD"),
        (
            "https://shop.example/caffè?für=Süße#käse",
            "https://shop.example/caff%C3%A8?f%C3%BCr=S%C3%BC%C3%9Fe#k%C3%A4se",
        ),
        ("https://bücher.example/hut", "https://xn--bcher-kva.example/hut"),
        ("https://帽子.example:8443/帽", "https://xn--i8sx1e.example:8443/%E5%B8%BD"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://shop.example/a%20b/帽", "https://shop.example/a%20b/%E5%B8%BD"),
        ("https://shop.example/%E5%B8%BD?a=%2f&b={c}|d", "https://shop.example/%E5%B8%BD?a=%2f&b={c}|d"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_a_link_is_kept_as_a_header_can_carry_it(link: str, page: str) -> None:
    links = KafkaLinks("127.0.0.1:1")
    links.apply(raw(link, 1))
    assert links.pages == {"hat": page}


@pytest.mark.parametrize(
    "link", ["https://ü..example/", "https://" + "ü" * 99 + ".example/", "https://[ü/", "https://ü℀.example/"]
)
def test_a_link_that_is_no_address_leads_to_the_shops_front(web: WebUnderTest, link: str) -> None:
    assert sendable(link) is None
    web.parts = replace(web.parts, pages={"tee-breton": sendable(link)})
    answer = web.client(web_home="https://shop.example").get(f"/c/{web.token()}")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://shop.example")


@pytest.mark.parametrize(
    ("link", "leads"),
    [("https://shop.example/sale", "https://shop.example/sale"), ("https://evil.example/", "https://home.example")],
)
def test_an_ad_may_lead_to_a_page_of_its_own_on_the_shops_hosts_only(web: WebUnderTest, link: str, leads: str) -> None:
    links = KafkaLinks("127.0.0.1:1")
    links.apply(raw("https://shop.example/hat", 1))
    own = KafkaCreativeLinks("127.0.0.1:1")
    banner = finished(
        [Draft("", "970x250", "Sale", "", "", "eve", link=link, verdict=STAND_IN)], [web.sha256], from_ms(0)
    )[0]
    banner = replace(banner, creative_id="c-1")  # as the token says
    sent = record_of(banner, from_ms(0))
    own.apply(RawRecord(CREATIVES, 0, 0, 1, sent.key, sent.value, sent.headers))
    web.parts = replace(web.parts, pages=links.pages, hosts=links.hosts, creative_links=own.links)
    client = web.client(web_home="https://home.example")
    assert client.get(f"/c/{web.token(product_id='')}").headers["location"] == leads
    clicks = [event.message.product_id for event in web.events(CLICKS)]  # type: ignore[attr-defined]
    assert clicks == ([""] if leads == link else [])  # no product
    links.apply(raw(None, 2))
    assert client.get(f"/c/{web.token(product_id='')}").headers["location"] == "https://home.example"


def test_no_click_is_a_fault_of_ours_whatever_the_page(web: WebUnderTest) -> None:
    web.parts = replace(web.parts, pages={"tee-breton": "https://shop.example/帽", "tee-surf": "https://ü..example/"})
    assert web.client().get(f"/c/{web.token()}").headers["location"] == "https://shop.example/%E5%B8%BD"
    assert web.client().get(f"/c/{web.token('tee-surf')}").status_code == 404
