"""A photo is prepared once for all its ads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from services.assets.pictures.prepared_photos import PreparedPhotos
from services.composer.photos.cut_out import NoCutOut
from tests.unit.composer.photos.scenes import busy, saved
from tests.unit.studio.bench import Bench, product


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_restart_and_another_ad_use_the_photo_that_is_there(bench: Bench) -> None:
    sha256 = bench.pictures.put(saved(busy()))
    made = bench.photos.of(sha256)
    bench.pictures.blobs.remove(f"{sha256[:2]}/{sha256}.png")
    kept = PreparedPhotos(bench.pictures, NoCutOut()).of(sha256)
    assert (kept.kind, kept.quality, kept.colours) == (made.kind, made.quality, made.colours)
    assert kept.image.tobytes() == made.image.tobytes()


def test_another_model_prepares_anew_and_a_damaged_form_is_made_again(bench: Bench) -> None:
    sha256 = bench.pictures.put(saved(busy()))
    assert bench.photos.of(sha256).version != PreparedPhotos(bench.pictures, NoCutOut(name="other")).of(sha256).version
    bench.pictures.put_form(sha256, "photos-1-none", b"damaged")
    assert bench.photos.of(sha256).sha256 == sha256


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
