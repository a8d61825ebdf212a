"""What is offered of a product now, and why its ads end."""

from __future__ import annotations

import pytest

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.facts_table import FactsTable
from services.catalogue.kafka_offers import KafkaOffers
from services.catalogue.offer import NOTHING, Offer, Price, Stated, offer_of, why_ended
from services.catalogue.offers import Offers
from services.common.clock import SystemClock, from_ms
from services.common.topics import PRODUCTS
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Position, RawRecord, Record

EUR = Price(2900, "EUR")


def product(**fields: object) -> pb.Product:
    given = {"product_id": "tee", "title": "Tee", "price_minor": 2900, "currency": "EUR", "availability": pb.IN_STOCK}
    return pb.Product(**{**given, **fields})  # type: ignore[arg-type]


def on_sale(start_ms: int | None, end_ms: int | None) -> Offer:
    return Offer(True, EUR, 1900, start_ms, end_ms)


@pytest.mark.parametrize(
    ("fields", "sold"),
    [
        ({}, True),
        ({"availability": pb.OUT_OF_STOCK}, False),
        ({"availability": pb.PREORDER}, True),
        ({"availability": pb.BACKORDER, "quantity": 0}, True),
        ({"quantity": 0}, False),
        ({"quantity": 1}, True),
    ],
)
def test_stock_decides_whether_a_product_is_sold(fields: dict[str, object], sold: bool) -> None:
    assert offer_of(product(**fields)).sold is sold


@pytest.mark.parametrize(
    ("offer", "at_ms", "minor"),
    [
        (Offer(True, EUR), 0, 2900),
        (on_sale(None, None), 0, 1900),
        (on_sale(100, 200), 99, 2900),
        (on_sale(100, 200), 100, 1900),
        (on_sale(100, 200), 199, 1900),
        (on_sale(100, 200), 200, 2900),
        (on_sale(100, None), 10**15, 1900),
    ],
)
def test_the_sale_price_holds_from_its_first_moment_to_its_last(offer: Offer, at_ms: int, minor: int) -> None:
    assert offer.price(at_ms) == Price(minor, "EUR")


RATED = Offer(True, EUR, quantity=3, rating_tenths=46, rating_count=213)


@pytest.mark.parametrize(
    ("offer", "stated", "why"),
    [
        (None, NOTHING, "gone"),
        (Offer(False, EUR), Stated(EUR), "out_of_stock"),
        (Offer(True, EUR), Stated(Price(2500, "EUR")), "price"),
        (Offer(True, EUR), Stated(Price(2900, "USD")), "price"),
        (Offer(True, EUR), Stated(EUR), ""),
        (Offer(True, EUR), NOTHING, ""),
        (on_sale(None, None), Stated(Price(1900, "EUR"), regular_minor=3500), "price"),
        (on_sale(None, None), Stated(Price(1900, "EUR"), regular_minor=2900), ""),
        (on_sale(None, 200), Stated(sale_until_ms=200), ""),
        (on_sale(None, 300), Stated(sale_until_ms=200), "sale"),
        (on_sale(1, 200), Stated(sale_until_ms=200), "sale"),
        (Offer(True, EUR), Stated(sale_until_ms=200), "sale"),
        (RATED, Stated(quantity_below=4), ""),
        (RATED, Stated(quantity_below=3), "stock"),
        (Offer(True, EUR), Stated(quantity_below=3), "stock"),
        (RATED, Stated(rating_tenths=46, rating_count_from=200), ""),
        (RATED, Stated(rating_tenths=47, rating_count_from=200), "rating"),
        (RATED, Stated(rating_tenths=46, rating_count_from=300), "rating"),
    ],
)
def test_an_ad_ends_with_its_product_and_with_each_fact_that_it_states(
    offer: Offer | None, stated: Stated, why: str
) -> None:
    assert why_ended(offer, stated, 0) == why


def test_a_rating_is_not_rounded_up() -> None:
    assert offer_of(product(rating=4.96, rating_count=7)).rating_tenths == 49


def test_a_product_that_no_message_named_is_as_the_catalogue_file_says() -> None:
    assert Offers().why_ended("tee", Stated(EUR), 0) == ""


def at(appended_ms: int, partition: int = 0, offset: int | None = None) -> Position:
    """The position of a message; without an offset, they grow with the time."""
    return Position(partition, appended_ms if offset is None else offset, appended_ms)


def test_within_a_partition_the_offset_decides_where_the_brokers_clock_went_back() -> None:
    offers = Offers()
    offers.apply("tee", Offer(True, EUR), at(10_000, offset=0), 0)
    offers.apply("tee", Offer(True, Price(1900, "EUR")), at(9_000, offset=1), 0)
    assert offers.why_ended("tee", Stated(EUR), 0) == "price"
    offers.apply("tee", None, at(9_500, offset=2), 0)
    assert offers.why_ended("tee", Stated(EUR), 0) == "gone"
    offers.apply("tee", Offer(True, EUR), at(9_400, partition=1), 0)
    assert offers.why_ended("tee", Stated(EUR), 0) == "gone"


def test_a_moment_between_the_clocks_of_two_threads_is_not_missed() -> None:
    offers = Offers()
    offers.apply("tee", on_sale(1_000, None), at(1), 1_000)
    revision, _ = offers.changed_since(0, 999)
    assert offers.changed_since(revision, 1_001) == (revision + 1, ["tee"])


def test_a_product_that_changes_often_waits_for_one_moment() -> None:
    offers = Offers()
    for number in range(100):
        offers.apply("tee", Offer(True, Price(number + 2, "EUR"), 1, 10**9), at(number), 0)
    revision, _ = offers.changed_since(0, 0)
    assert offers.changed_since(revision, 10**9) == (revision + 1, ["tee"])


def test_changes_since_a_revision_are_told_and_equal_or_older_messages_are_none() -> None:
    offers = Offers()
    offers.apply("tee", Offer(True, EUR), at(10), 0)
    offers.apply("bag", Offer(True, EUR), at(11), 0)
    revision, changed = offers.changed_since(0, 0)
    assert sorted(changed) == ["bag", "tee"]
    offers.apply("tee", Offer(True, EUR), at(12), 0)
    offers.apply("bag", None, at(5), 0)  # appended before the one that is known: read again, or from another partition
    assert offers.changed_since(revision, 0) == (revision, [])
    offers.apply("bag", None, at(13), 0)
    assert offers.changed_since(revision, 0) == (revision + 1, ["bag"])


def test_the_begin_and_the_end_of_a_sale_are_changes_without_a_message() -> None:
    offers = Offers()
    offers.apply("tee", on_sale(100, 200), at(1), 50)
    revision, _ = offers.changed_since(0, 99)
    for at_ms in (100, 200):
        newest, changed = offers.changed_since(revision, at_ms)
        assert (newest, changed) == (revision + 1, ["tee"])
        revision = newest
    assert offers.changed_since(revision, 10**15) == (revision, [])


def raw(record: Record, key: bytes | None, value: bytes | None, offset: int) -> RawRecord:
    return RawRecord(PRODUCTS, 0, offset, 1_000 + offset, key, value, record.headers)


def test_products_and_tombstones_are_followed_and_everything_else_is_a_dead_letter() -> None:
    buried: list[Record] = []
    reader = KafkaOffers("127.0.0.1:1", SystemClock(), FactsTable())
    reader.refuse = buried.append
    sent = encode(product(), event_id="e", source="shop", time=from_ms(0), key=b"tee")
    reader.apply(raw(sent, b"tee", sent.value, 0))
    assert reader.offers.why_ended("tee", Stated(EUR), 0) == ""
    for offset, (key, value) in enumerate(
        [(b"bag", sent.value), (None, sent.value), (b"tee", b"\xff"), (b"\xff", None)]
    ):
        reader.apply(raw(sent, key, value, 1 + offset))
    assert [dict(letter.headers)["adloom_reason"] for letter in buried] == [
        b"invalid", b"invalid", b"undecodable", b"undecodable",
    ]  # fmt: skip
    reader.apply(raw(sent, b"tee", None, 9))
    assert reader.offers.why_ended("tee", Stated(EUR), 0) == "gone"
