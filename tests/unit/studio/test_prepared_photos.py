"""A photo is prepared once for all its ads, and nobody waits for the photo of another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from services.composer.photos.cut_out import NoCutOut
from services.studio.prepared_photos import NotYet, PreparedPhotos
from tests.unit.composer.photos.scenes import busy, saved
from tests.unit.studio.bench import Bench, product


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_products_without_a_photo_do_not_wait_behind_one_that_is_prepared(bench: Bench) -> None:
    later: list[Callable[[], None]] = []
    bench.start(run=later.append)
    bench.photograph("lamp.jpg", "navy")
    bench.say(product("lamp", image_links=["lamp.jpg"]), product("lamp2", image_links=["lamp.jpg"]), product("tee"))
    bench.work()
    assert {ad.product_id for ad in bench.shown().values()} == {"tee"}
    assert (bench.photos.waiting(), len(later)) == (1, 1)  # both lamps wait for one photo
    later.pop()()
    bench.work()
    assert {ad.product_id for ad in bench.shown().values()} == {"tee", "lamp", "lamp2"}
    assert bench.photos.waiting() == 0


def test_ads_stay_as_they_are_while_their_product_waits_for_its_photo(bench: Bench) -> None:
    bench.say(product(image_links=["tee.jpg"]))
    bench.work()
    drawn = bench.shown()
    later: list[Callable[[], None]] = []
    bench.start(run=later.append)
    bench.say(product(image_links=["tee.jpg"]))
    bench.photograph("tee.jpg", "navy")
    bench.work()
    assert bench.shown().keys() == drawn.keys()
    assert len(later) == 1


def test_a_restart_and_another_ad_use_the_photo_that_is_there(bench: Bench) -> None:
    bench.photograph("tee.jpg", "navy")
    bench.say(product(image_links=["tee.jpg"]))
    bench.work()
    asked: list[Callable[[], None]] = []
    bench.start(run=asked.append)
    bench.photograph("tee.jpg", "navy")
    bench.say(product(image_links=["tee.jpg"], price_minor=2500))
    bench.work()
    assert {ad.price.minor for ad in bench.shown().values() if ad.price} == {2500}
    assert not asked


def test_another_model_prepares_anew_and_a_damaged_form_is_made_again(bench: Bench) -> None:
    sha256 = bench.pictures.put(saved(busy()))
    photos = PreparedPhotos(bench.pictures, NoCutOut(), bench.desk.look_at, lambda job: job())
    with pytest.raises(NotYet):
        photos.of(sha256, "tee")
    assert photos.of(sha256, "tee").kind == "framed"
    other = PreparedPhotos(bench.pictures, NoCutOut(name="other"), bench.desk.look_at, lambda job: job())
    with pytest.raises(NotYet):
        other.of(sha256, "tee")
    bench.pictures.put_form(sha256, "photos-1-none", b"damaged")
    with pytest.raises(NotYet):
        photos.of(sha256, "tee")
    assert photos.of(sha256, "tee").sha256 == sha256


def test_a_photo_that_is_none_is_left_out_and_counted(bench: Bench) -> None:
    bench.photograph("tee.jpg", "navy", content=b"GIF89a nothing")
    bench.say(product(image_links=["tee.jpg"]))
    bench.work()
    assert len(bench.shown()) == 4
    assert bench.studio.not_made["photo"] == 1
    assert not any(ad.lineage.get("photo") for ad in bench.shown().values())


def test_a_form_lives_as_long_as_its_picture(bench: Bench) -> None:
    sha256 = bench.pictures.put(b"a picture")
    bench.pictures.put_form(sha256, "photos-1-none", b"its form")
    assert [stored.sha256 for stored in bench.pictures.all()] == [sha256, sha256]
    assert sha256 == hashlib.sha256(b"a picture").hexdigest()
