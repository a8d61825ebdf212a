"""The demo catalogue and its vectors."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from services.catalogue.catalogue import CATEGORIES, Catalogue, demo_catalogue, read_catalogue
from services.common.errors import Misconfigured, Rejected


def test_demo_has_six_products_of_each_of_ten_classes_in_two_languages() -> None:
    products = demo_catalogue().products
    assert Counter(product.category for product in products) == dict.fromkeys(CATEGORIES, 6)
    assert Counter(product.message.language for product in products) == {"en": 45, "zh": 15}
    assert len(demo_catalogue().vocabulary.categories) == len(CATEGORIES)


def test_version_follows_the_content_and_not_the_order() -> None:
    catalogue = demo_catalogue()
    assert Catalogue.of(reversed(catalogue.products)).version == catalogue.version
    assert Catalogue.of(catalogue.products[1:]).version != catalogue.version


def test_vectors_are_the_same_on_every_machine() -> None:
    catalogue = demo_catalogue()
    assert catalogue.version == "ce9fb0f1197ce050"
    assert catalogue.product_vectors[0, :3] == pytest.approx([0.20274264, 0.05654563, 0.36786412], abs=1e-6)


def test_products_of_one_class_are_nearer_than_others() -> None:
    catalogue = demo_catalogue()
    category = np.array([product.category for product in catalogue.products])
    cosine = catalogue.product_vectors @ catalogue.product_vectors.T
    same = (category[:, None] == category[None, :]) & ~np.eye(len(category), dtype=bool)
    assert cosine[same].mean() > 0.15  # words of two languages have little in common
    assert abs(cosine[category[:, None] != category[None, :]].mean()) < 0.1


def test_unknown_product_is_rejected_by_name() -> None:
    with pytest.raises(Rejected, match="product_id: 'teapot' where a product of the shop's catalogue"):
        demo_catalogue().product("teapot")
    assert demo_catalogue().product_vector("teapot") is None
    assert demo_catalogue().price_minor("teapot") is None


def test_a_feed_without_a_product_is_refused(tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title,price\ntee,Tee,free\n")
    with pytest.raises(Misconfigured, match="no product"):
        read_catalogue(feed)
