"""An import says what it changes, takes a version whole or not at all, and changes nothing the second time."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.difference import Difference, digest_of
from services.catalogue.feeds.read_feed import open_feed
from services.catalogue.import_feed import Places, Prepared, check_stock, prepare
from services.catalogue.ports import Change, ProductSink
from services.common.errors import Misconfigured
from tests.unit.catalogue.feeds_made import EUROS, table, written


class Kept:
    """Products in memory, as a sink keeps them."""

    def __init__(self) -> None:
        self.products: dict[str, pb.Product] = {}
        self.version = ""
        self.sent = 0

    def digests(self) -> Mapping[str, bytes]:
        return {key: digest_of(product) for key, product in self.products.items()}

    def apply(self, version: str, changes: Iterator[Change]) -> None:
        self.version = version
        for change in changes:
            self.sent += 1
            if change.product is None:
                del self.products[change.product_id]
            else:
                self.products[change.product_id] = change.product


def prices(**by_id: str) -> str:
    return table(("id", "title", "price"), [(key, f"Hat {key}", price) for key, price in by_id.items()])


def importing(tmp_path: Path, sink: ProductSink, feed: str, force: bool = False) -> Prepared:
    with TemporaryDirectory() as folder:
        opened = open_feed(written(tmp_path, "feed.csv", feed), EUROS, Path(folder))
        places = Places(Path(folder), tmp_path / "rejected.jsonl")
        prepared = prepare(opened, sink.digests(), places, force, lambda rows, rejected: None)
        sink.apply(prepared.version, prepared.changes())
    return prepared


def test_an_import_sends_what_changes_and_nothing_the_second_time(tmp_path: Path) -> None:
    sink = Kept()
    assert importing(tmp_path, sink, prices(a="1.50", b="2.50", c="3.50")).difference == Difference(3, 0, 0, 0)
    again = importing(tmp_path, sink, prices(c="3.50", a="1.50", b="2.50"))
    assert (again.difference, sink.sent, again.version) == (Difference(0, 0, 0, 3), 3, sink.version)
    later = importing(tmp_path, sink, prices(a="1.50", b="1.99", d="4.50"))
    assert later.difference == Difference(new=1, changed=1, gone=1, unchanged=1)
    assert {key: product.price_minor for key, product in sink.products.items()} == {"a": 150, "b": 199, "d": 450}
    assert sink.sent == 6


def test_a_feed_that_says_nothing_of_stock_sells_nothing_that_is_sold_out(tmp_path: Path) -> None:
    sink = Kept()
    stocked = table(("id", "title", "price", "availability"), [("a", "A", "1", "out of stock"), ("b", "B", "1", "yes")])
    assert importing(tmp_path, sink, stocked).says_stock
    sold_out = {key for key, one in sink.products.items() if one.availability == pb.OUT_OF_STOCK}
    renamed = importing(tmp_path, sink, stocked.replace("availability", "Lager"))
    assert not renamed.says_stock
    with pytest.raises(Misconfigured, match=r"1 of its products are sold out now \(a\): nothing is taken"):
        check_stock([Change(one.product_id, one) for one in sink.products.values()], sold_out)
    check_stock([Change("a", None), Change("b", sink.products["b"])], sold_out)


def test_rejected_rows_are_kept_with_their_reason_for_the_owner_alone(tmp_path: Path) -> None:
    sink = Kept()
    prepared = importing(tmp_path, sink, prices(a="1.50", b="banana", c="0", d="-1"))
    facts = prepared.facts()
    assert (facts["read"], facts["new"], facts["rejected"]) == (4, 1, 3)
    assert facts["rejected_by_reason"] == {"money": 3}
    lines = [json.loads(line) for line in Path(facts["rejected_file"]).read_text().splitlines()]
    assert [(line["row"], line["product_id"], line["field"], line["value"]) for line in lines] == [
        (3, "b", "price", "'banana'"),
        (4, "c", "price", "'0'"),
        (5, "d", "price", "'-1'"),
    ]
    assert stat.S_IMODE(Path(facts["rejected_file"]).stat().st_mode) == 0o600
    assert importing(tmp_path, sink, prices(a="1.50")).facts()["rejected_file"] == ""
    assert not (tmp_path / "rejected.jsonl").exists()


def test_a_feed_that_lost_nearly_all_products_is_refused_unless_it_is_forced(tmp_path: Path) -> None:
    sink = Kept()
    many = {f"p{number}": "1.50" for number in range(100)}
    few = {key: many[key] for key in list(many)[:10]}
    importing(tmp_path, sink, prices(**many))
    with pytest.raises(Misconfigured, match="lacks 90 of the 100 products .* --force"):
        importing(tmp_path, sink, prices(**few))
    assert len(sink.products) == 100
    assert importing(tmp_path, sink, prices(**few, p10="1.50")).difference.gone == 89
    assert importing(tmp_path, sink, prices(p0="1.50"), force=True).difference.gone == 10


@pytest.mark.parametrize(("feed", "sentence"), [(prices(), "no rows"), (prices(a="x", b="0"), "No row of 2 gives")])
def test_a_feed_without_a_product_is_refused_even_by_force(tmp_path: Path, feed: str, sentence: str) -> None:
    sink = Kept()
    importing(tmp_path, sink, prices(a="1.50"))
    with pytest.raises(Misconfigured, match=sentence):
        importing(tmp_path, sink, feed, force=True)
    assert set(sink.products) == {"a"}


def test_a_file_that_breaks_off_changes_nothing(tmp_path: Path) -> None:
    sink = Kept()
    importing(tmp_path, sink, prices(a="1.50", b="2.50"))
    with pytest.raises(Misconfigured, match="breaks off"):
        importing(tmp_path, sink, '[{"id": "a", "title": "Hat", "price": 9}, {"id"')
    assert sink.products["a"].price_minor == 150


def test_a_product_keeps_its_identity_where_its_variants_come_and_go(tmp_path: Path) -> None:
    sink = Kept()
    header, one = ("id", "title", "price", "group id", "size"), ("a-S", "Dress", "29", "a", "S")
    importing(tmp_path, sink, table(header, [one]))
    importing(tmp_path, sink, table(header, [("a-M", "Dress", "29", "a", "M"), one]))
    assert {key: [choice.choice_id for choice in product.choices] for key, product in sink.products.items()} == {
        "a": ["a-M", "a-S"]
    }
