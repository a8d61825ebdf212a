"""Facts of products, relative to the shop's vocabulary, from messages."""

from datetime import UTC, datetime

import numpy as np
import pytest

from protos.gen.adloom.catalogue.v1.product_pb2 import Availability, Product
from services.catalogue.catalogue import demo_catalogue, demo_products
from services.catalogue.facts import ProductFacts, Scales, facts_of
from services.catalogue.facts_table import FactsTable, table_of
from services.catalogue.kafka_facts import KafkaFacts
from services.catalogue.terms import DIMENSIONS, text_vector, words
from services.catalogue.vocabulary import Vocabulary, grown
from services.catalogue.vocabulary_messages import record_of
from services.common.topics import PRODUCTS, VOCABULARY
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Position, RawRecord, Record

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def product(product_id: str, title: str = "Kettle", kind: str = "Home > Kettles", price: int = 2_000) -> Product:
    return Product(
        product_id=product_id,
        title=title,
        product_type=kind,
        price_minor=price,
        currency="EUR",
        availability=Availability.IN_STOCK,
    )


SHOP = [product(f"p{number}", price=1_000 * (number + 1)) for number in range(5)] + [
    product(f"q{number}", "Lamp", "Home > Lamps", 100 * (number + 1)) for number in range(5)
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Größe ÄÖÜ", ["grösse", "äöü"]),
        ("Łódź çà", ["łódź", "çà"]),
        ("Платье, 100% хлопок", ["платье", "100", "хлопок"]),
        ("قميص قطن", ["قميص", "قطن"]),
        ("हिन्दी किताब", ["हिन्दी", "किताब"]),
        ("夏季新款连衣裙", ["夏季", "季新", "新款", "款连", "连衣", "衣裙"]),
        ("シャツ L", ["シャ", "ャツ", "l"]),
        ("茶", ["茶"]),
        ("한국 드레스", ["한국", "드레스"]),
        ("iPhone保护壳", ["iphone", "保护", "护壳"]),
        ("--- !!", []),
    ],
)
def test_words_are_letters_of_any_script(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_a_text_has_one_vector_however_it_is_written() -> None:
    assert np.array_equal(text_vector("CAFÉ ＡＢＣ", {}), text_vector("cafe\u0301 abc", {}))


def test_a_common_word_moves_a_vector_less() -> None:
    plain, weighed = text_vector("red kettle", {}), text_vector("red kettle", {"kettle": 0.1})
    red = text_vector("red", {})
    assert weighed @ red > plain @ red


def test_prices_are_ranks_and_not_amounts() -> None:
    """The same shop in another currency has the same facts."""
    yen = []
    for one in SHOP:
        copy = Product()
        copy.CopyFrom(one)
        copy.currency, copy.price_minor = "JPY", one.price_minor * 160
        yen.append(copy)
    euros, others = (Scales(grown(None, shop)) for shop in (SHOP, yen))
    for one, other in zip(SHOP, yen, strict=True):
        here, there = facts_of(one, euros), facts_of(other, others)
        assert (here.category, here.price_rank, here.price_level) == (
            there.category,
            there.price_rank,
            there.price_level,
        )
        assert np.array_equal(here.vector, there.vector)
    assert facts_of(yen[0], euros).price_known is False


def test_rank_is_within_the_category_and_level_among_all() -> None:
    found = facts_of(SHOP[0], Scales(grown(None, SHOP)))
    assert found.price_rank == 0.0
    assert found.price_level == pytest.approx(5 / 9)


def raw(record: Record, offset: int) -> RawRecord:
    return RawRecord(record.topic, 0, offset, offset, record.key, record.value, record.headers)


def on_products(one: Product, offset: int) -> RawRecord:
    return raw(encode(one, event_id=f"e{offset}", source="t", time=NOW, key=one.product_id.encode()), offset)


def gone(product_id: str, offset: int) -> RawRecord:
    return raw(Record(PRODUCTS, product_id.encode(), None, ()), offset)


def on_vocabulary(made: Vocabulary, offset: int) -> RawRecord:
    found = record_of(made, "studio", NOW)
    assert (found.topic, found.key) == (VOCABULARY, made.feature_version.encode())
    return raw(found, offset)


def following() -> tuple[KafkaFacts, FactsTable]:
    """What follows the topics, not connected, and its table."""
    read = KafkaFacts("127.0.0.1:1")
    return read, read.table


def known(table: FactsTable, product_id: str) -> ProductFacts:
    found = table.facts(product_id)
    assert found is not None
    return found


def test_facts_follow_product_and_vocabulary() -> None:
    read, table = following()
    for offset, one in enumerate(SHOP):
        read.apply_product(on_products(one, offset))
    before = known(table, "p0")
    assert (before.category, before.price_known) == (0, False)
    read.vocabulary.apply(on_vocabulary(grown(None, SHOP), 0))
    after = known(table, "p0")
    wanted = facts_of(SHOP[0], Scales(grown(None, SHOP)))
    assert (after.category, after.price_rank, after.price_level) == (wanted.category, 0.0, wanted.price_level)
    assert np.array_equal(after.vector, wanted.vector)
    assert table.facts("p0") is after, "computed once"
    read.apply_product(on_products(product("p0", price=5_000), 50))
    assert known(table, "p0").price_rank == 1.0
    read.apply_product(gone("p0", 51))
    assert table.facts("p0") is None
    assert table.facts("never heard of") is None


def test_messages_give_the_facts_that_the_click_model_was_trained_on() -> None:
    """Law 5: training takes them from the catalogue, serving from the topics."""
    read, table = following()
    for offset, one in enumerate(demo_products()):
        read.apply_product(on_products(one, offset))
    read.vocabulary.apply(on_vocabulary(grown(None, reversed(demo_products())), 0))
    for product_id, trained in demo_catalogue().facts.items():
        served = known(table, product_id)
        assert np.array_equal(served.vector, trained.vector)
        for name in ("category", "price_rank", "price_level", "price_known"):
            assert getattr(served, name) == getattr(trained, name), (product_id, name)
    assert np.array_equal(table.text_vector("Warm: Coat"), demo_catalogue().terms.vectors(["Warm: Coat"])[0])


def test_an_earlier_message_read_again_changes_nothing() -> None:
    read, table = following()
    read.vocabulary.apply(on_vocabulary(grown(None, SHOP), 5))
    read.vocabulary.apply(on_vocabulary(Vocabulary(feature_version="features/2", version=9), 4))
    read.vocabulary.apply(on_vocabulary(Vocabulary(feature_version="features/9", version=1), 6))
    assert table.vocabulary.version == 1
    assert len(table.vocabulary.categories) == 2
    read.apply_product(gone("p0", 9))
    read.apply_product(on_products(SHOP[0], 8))
    assert table.facts("p0") is None


def test_a_reader_hears_of_changed_products_and_after_a_new_vocabulary_of_all() -> None:
    read, table = following()
    for offset, one in enumerate(SHOP):
        read.apply_product(on_products(one, offset))
    first, everything = table.changed_since(0)
    assert sorted(everything) == sorted(one.product_id for one in SHOP)
    read.apply_product(gone("q1", 20))
    read.apply_product(on_products(SHOP[0], 21))
    second, changed = table.changed_since(first)
    assert changed == ["q1"], "the other is as it was"
    before = table.vocabulary_version()
    read.vocabulary.apply(on_vocabulary(grown(None, SHOP), 0))
    third, changed = table.changed_since(second)
    assert sorted(changed) == sorted(everything)
    assert table.vocabulary_version() != before
    assert table.changed_since(third) == (third, [])


def test_facts_are_right_also_where_more_are_asked_for_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalogue.facts_table.CACHED", 2)
    table, products = table_of(demo_products()[:5], Vocabulary()), demo_products()[:5]
    for offset, vocabulary in enumerate((grown(None, products), grown(None, products[:2]))):
        table.apply_vocabulary(vocabulary, Position(0, offset, offset))
        assert table.vocabulary == vocabulary
        for product in (*products, *products):
            found, expected = known(table, product.product_id), facts_of(product, Scales(table.vocabulary))
            assert np.array_equal(found.vector, expected.vector) and found.price_level == expected.price_level


def test_what_is_no_message_of_ours_is_passed_over() -> None:
    read, table = following()
    for topic in (PRODUCTS, VOCABULARY):
        broken = RawRecord(topic, 0, 0, 0, b"p0", b"\xff", ())
        read.apply_product(broken)
        read.vocabulary.apply(broken)
    assert (len(table), table.facts("p0")) == (0, None)


def test_vectors_have_the_declared_length() -> None:
    assert facts_of(SHOP[0], Scales(Vocabulary())).vector.shape == (DIMENSIONS,)
