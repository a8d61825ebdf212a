"""When the studio publishes a vocabulary, and from what it grows it."""

from datetime import UTC, datetime, timedelta

import pytest

from protos.gen.adloom.catalogue.v1.product_pb2 import Availability, Product
from services.catalogue.vocabulary import Vocabulary
from services.catalogue.vocabulary_messages import read_vocabulary
from services.common.clock import FixedClock
from services.common.errors import Unavailable
from services.common.topics import VOCABULARY
from services.studio.desk import Desk
from services.studio.vocabulary_keeper import AT_LATEST_S, QUIET_S, VocabularyKeeper
from services.wire.codec.envelope import Position
from services.wire.codec.memory_sink import MemorySink


class Deployment:
    """A desk, its keeper, and the topic in memory."""

    def __init__(self) -> None:
        self.clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
        self.desk, self.sink = Desk(), MemorySink(self.clock)
        self.keeper = VocabularyKeeper(self.desk, self.clock)
        self.offset = 0

    def put(self, kind: str, count: int = 1) -> None:
        for _ in range(count):
            self.offset += 1
            product = Product(product_id=f"p{self.offset}", title="Thing", product_type=kind, price_minor=100)
            product.currency, product.availability = "EUR", Availability.IN_STOCK
            self.desk.put_product(product.product_id, product, Position(0, self.offset, self.offset), 0)

    def step(self, after_s: float = 0.0) -> bool:
        self.clock.advance(timedelta(seconds=after_s))
        return self.keeper.step(self.sink)

    def versions(self) -> list[tuple[int, list[str]]]:
        read = [read_vocabulary(raw) for raw in self.sink.read(VOCABULARY)]
        return [(one.version, list(one.categories)) for one in read if isinstance(one, Vocabulary)]


def test_an_import_that_goes_on_is_waited_for() -> None:
    shop = Deployment()
    for _ in range(5):
        shop.put("Toys")
        assert not shop.step(QUIET_S / 2)
    assert not shop.step(QUIET_S / 2)
    assert shop.step(QUIET_S)
    assert not shop.step(QUIET_S), "nothing has changed since"
    assert shop.versions() == [(1, ["toys"])]


def test_products_that_change_all_the_time_are_counted_all_the_same() -> None:
    shop = Deployment()
    published, steps = False, 0
    while not published:
        shop.put("Toys")
        published, steps = shop.step(QUIET_S / 2), steps + 1
    assert steps == pytest.approx(AT_LATEST_S / (QUIET_S / 2), abs=2)


def test_a_new_process_goes_on_from_what_the_topic_holds() -> None:
    shop = Deployment()
    shop.put("Toys", 3)
    shop.step()
    assert shop.step(QUIET_S)
    (first,) = shop.sink.read(VOCABULARY)
    again = Deployment()
    again.keeper.apply(first)
    again.put("Books", 9)
    again.step()
    assert again.step(QUIET_S)
    assert again.versions() == [(2, ["toys", "books"])]


def test_what_the_broker_did_not_take_is_sent_again() -> None:
    shop = Deployment()
    shop.put("Toys")
    shop.step()
    shop.sink.failure = Unavailable("kafka", "away")
    with pytest.raises(Unavailable):
        shop.step(QUIET_S)
    shop.sink.failure = None
    assert shop.step()
    assert shop.versions() == [(1, ["toys"])]
