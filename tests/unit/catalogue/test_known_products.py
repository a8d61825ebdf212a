"""Products as of the newest messages, their facts, and what has changed."""

from __future__ import annotations

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.catalogue import demo_catalogue
from services.catalogue.known_products import KnownProducts
from services.catalogue.message_facts import facts_of_message, vector_of_text
from services.wire.codec.envelope import Position


def product(title: str) -> Product:
    return Product(product_id="p", title=title, price_minor=100, product_type="Clothing > Dress")


def test_the_newest_message_counts_and_what_it_changes_is_told_once() -> None:
    subject = KnownProducts(facts_of_message, vector_of_text)
    assert not subject.has("p")
    subject.apply("p", product("a"), Position(0, 5, 5))
    first = subject.facts("p")
    assert first is subject.facts("p") is not None
    revision, changed = subject.changed_since(0)
    assert changed == ["p"]
    subject.apply("p", product("b"), Position(0, 4, 4))
    subject.apply("p", product("a"), Position(0, 6, 6))
    assert subject.changed_since(revision) == (revision, [])
    subject.apply("p", None, Position(0, 7, 7))
    assert subject.changed_since(revision)[1] == ["p"]
    assert (subject.has("p"), subject.get("p"), subject.facts("p")) == (False, None, None)


def test_a_products_message_has_the_facts_of_its_entry_in_the_catalogues_file() -> None:
    catalogue = demo_catalogue()
    entry = catalogue.product("boot-chelsea")
    message = Product(title=entry.title, description=entry.description, product_type=entry.category)
    found = facts_of_message(message)
    assert (found.vector == catalogue.product_vectors[catalogue.index["boot-chelsea"]]).all()
    assert facts_of_message(product("a")).category == 3
