"""Pictures by content, in a folder and in an object store."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path

import pytest

from services.assets.creative import EXTENSIONS
from services.assets.pictures.collect_garbage import YOUNG_S, unnamed
from services.assets.pictures.object_store import ObjectStore
from services.assets.pictures.picture_files import PictureFiles
from services.assets.pictures.picture_store import PictureStore, pictures_in
from services.common.errors import Misconfigured, Unavailable


@pytest.fixture(params=["folder", "folder by URL", "object store", "S3"])
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> PictureStore:
    if request.param == "S3":
        return pictures_in(request.getfixturevalue("bucket"))
    places = {"folder": str(tmp_path), "folder by URL": (tmp_path / "a b").as_uri()}
    return pictures_in(places.get(request.param, f"memory://{uuid.uuid4().hex}/assets/"))


@pytest.mark.parametrize("media_type", EXTENSIONS)
def test_a_picture_comes_back_with_its_kind(pictures: PictureStore, media_type: str) -> None:
    sha256 = pictures.put(b"any picture", media_type)
    assert pictures.put(b"any picture", media_type) == sha256
    assert (pictures.has(sha256), pictures.found(sha256)) == (True, (b"any picture", media_type))
    (stored,) = pictures.all()
    assert stored.sha256 == sha256
    assert stored.about.name == f"{sha256[:2]}/{sha256}.{EXTENSIONS[media_type]}"
    assert (stored.about.size_bytes, abs(stored.about.modified_s - time.time()) < 60) == (11, True)


def test_what_is_missing_or_damaged_is_not_given(pictures: PictureStore) -> None:
    with pytest.raises(Unavailable, match="No such picture"):
        pictures.get("ab" * 32)
    assert not pictures.has("ab" * 32)
    assert not pictures.has("../secrets")
    pictures.blobs.put(f"ab/{'ab' * 32}.png", b"something else")
    with pytest.raises(Unavailable, match="damaged"):
        pictures.get("ab" * 32)


def test_only_old_pictures_that_nothing_names_are_garbage(pictures: PictureStore) -> None:
    named, other = pictures.put(b"named"), pictures.put(b"other")
    pictures.blobs.put("readme.txt", b"not ours")
    now_s = time.time()
    assert list(unnamed(pictures.all(), {named}, now_s)) == []
    (found,) = unnamed(pictures.all(), {named}, now_s + YOUNG_S + 60)
    assert found.sha256 == other
    pictures.blobs.remove(found.about.name)
    pictures.blobs.remove(found.about.name)
    assert (pictures.has(named), pictures.has(other)) == (True, False)


def test_a_picture_that_is_put_again_is_young_again(tmp_path: Path) -> None:
    pictures = pictures_in(tmp_path)
    (path,) = (tmp_path / "pictures" / f"{sha256[:2]}/{sha256}.png" for sha256 in [pictures.put(b"old")])
    os.utime(path, (0, 0))
    pictures.put(b"old")
    assert list(unnamed(pictures.all(), set(), time.time())) == []


def test_a_url_chooses_the_store(tmp_path: Path) -> None:
    assert isinstance(pictures_in("memory://x").blobs, ObjectStore)
    assert pictures_in(str(tmp_path)).blobs == PictureFiles(tmp_path / "pictures")
    for url in ("zork://x", "gs://x", "file://x/y"):  # gcsfs is no package of ours
        with pytest.raises(Misconfigured, match="ADLOOM_ASSETS_DIR"):
            pictures_in(url)
