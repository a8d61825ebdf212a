"""Illustrations that stand for photos."""

import numpy as np
import pytest

from services.catalogue.catalogue import demo_products
from services.composer.illustrations.draw import NAMES, SIZE, illustration, is_drawn


def test_every_product_of_the_demo_shop_has_an_illustration_and_each_illustration_a_product() -> None:
    shown = {product.attributes["illustration"] for product in demo_products()}
    assert shown == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_illustration_is_a_cut_out_that_is_shaded_and_has_room_around_it(name: str) -> None:
    pixels = np.asarray(illustration(name, "#5f9fc4"))
    colour, alpha = pixels[..., :3].astype(float), pixels[..., 3]
    assert pixels.shape == (SIZE, SIZE, 4)
    assert 0.10 < (alpha > 250).mean() < 0.75
    assert not alpha[[0, -1]].any() and not alpha[:, [0, -1]].any()
    assert colour[alpha > 250].mean(axis=1).std() > 10  # levels: a flat shape has none


def test_same_name_and_colour_give_the_same_pixels_and_another_colour_others() -> None:
    once = np.asarray(illustration("mug/speckled", "#a33b3b"))
    illustration.cache_clear()
    assert (np.asarray(illustration("mug/speckled", "#a33b3b")) == once).all()
    assert (np.asarray(illustration("mug/speckled", "#3b3ba3")) != once).any()


def test_all_illustrations_differ() -> None:
    assert len({illustration(name, "#5f9fc4").tobytes() for name in NAMES}) == len(NAMES)


def test_a_name_without_illustration_is_known_as_such() -> None:
    assert [is_drawn(name) for name in ("teapot", "mug/square", "")] == [False] * 3
