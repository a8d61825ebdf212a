"""The demo catalogue and its vectors."""

import json
from importlib import resources

import numpy as np
import pytest

from services.catalogue.catalogue import CATEGORIES, Catalogue, demo_catalogue, parse_catalogue
from services.common.errors import Misconfigured, Rejected


def test_demo_has_forty_products_over_all_classes_of_fashion_mnist() -> None:
    products = demo_catalogue().products
    assert len(products) == 40
    assert {product.category for product in products} == set(CATEGORIES)
    assert set(demo_catalogue().vocabulary.categories) == set(CATEGORIES)


def test_version_follows_the_content_and_not_the_order() -> None:
    catalogue = demo_catalogue()
    assert Catalogue.of(reversed(catalogue.products)).version == catalogue.version
    assert Catalogue.of(catalogue.products[1:]).version != catalogue.version


def test_vectors_are_the_same_on_every_machine() -> None:
    catalogue = demo_catalogue()
    assert catalogue.version == "21d80db88d02961b"
    assert catalogue.product_vectors[0, :3] == pytest.approx([0.14678463, 0.00810448, 0.01043128], abs=1e-6)


def test_products_of_one_class_are_nearer_than_others() -> None:
    catalogue = demo_catalogue()
    category = np.array([product.category for product in catalogue.products])
    cosine = catalogue.product_vectors @ catalogue.product_vectors.T
    same = (category[:, None] == category[None, :]) & ~np.eye(len(category), dtype=bool)
    assert cosine[same].mean() > 0.25
    assert abs(cosine[category[:, None] != category[None, :]].mean()) < 0.1


def test_unknown_product_is_rejected_by_name() -> None:
    with pytest.raises(Rejected, match="product_id: 'teapot' where a product of the shop's catalogue"):
        demo_catalogue().product("teapot")
    assert demo_catalogue().product_vector("teapot") is None
    assert demo_catalogue().price_minor("teapot") is None


def demo_entries() -> list[dict[str, object]]:
    text = resources.files("services.catalogue").joinpath("demo_catalogue.json").read_text("utf-8")
    entries: list[dict[str, object]] = json.loads(text)
    return entries


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"category": "teapot"}, "unknown category 'teapot'"),
        ({"price_minor": 0}, "price 0"),
        ({"price_minor": "12"}, "price '12'"),
        ({"surprise": 1}, "Entry 3 of the catalogue is not a product"),
    ],
)
def test_wrong_entry_is_named(change: dict[str, object], says: str) -> None:
    entries = demo_entries()
    entries[3].update(change)
    with pytest.raises(Misconfigured, match=says):
        parse_catalogue(json.dumps(entries))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null"])
def test_a_text_that_is_no_catalogue_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured, match="catalogue"):
        parse_catalogue(text)


def test_a_product_id_may_not_be_named_twice() -> None:
    with pytest.raises(Misconfigured, match="twice"):
        parse_catalogue(json.dumps([demo_entries()[0], demo_entries()[0]]))
