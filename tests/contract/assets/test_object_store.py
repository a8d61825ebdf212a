"""Pictures on a real server of S3's protocol: what is wrong or away is told in time; browsers get what lies there."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fsspec  # type: ignore[import-untyped]  # it ships no types
import pytest
from pytest import MonkeyPatch

from services.assets.creative import Draft
from services.assets.house import house_picture
from services.assets.library import Library
from services.assets.memory_library import memory_creatives, memory_library
from services.assets.pictures import object_store
from services.assets.pictures.picture_store import NoSuchPicture, PictureStore, pictures_in
from services.common.clock import SystemClock
from services.common.errors import Misconfigured, Unavailable
from services.common.verdict import STAND_IN
from services.tools.stack.pictures_place import require_store
from tests.s3_server import S3Server
from tests.unit.web.web_under_test import WebUnderTest

SHA256 = "ab" * 32

READS: dict[str, Callable[[PictureStore], object]] = {
    "get": lambda pictures: pictures.get(SHA256),
    "has": lambda pictures: pictures.has(SHA256),
    "all": lambda pictures: list(pictures.all()),
    "remove": lambda pictures: pictures.blobs.remove("ab/ab.png"),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.usefixtures("s3")
def test_a_bucket_that_does_not_exist_is_not_taken_for_one_without_the_picture(
    read: Callable[[PictureStore], object],
) -> None:
    with pytest.raises(Unavailable, match="'s3://nobody/x' where a bucket that exists was expected") as told:
        read(pictures_in("s3://nobody/x"))
    assert not isinstance(told.value, NoSuchPicture)


@pytest.mark.usefixtures("s3")
def test_a_stack_is_not_started_on_a_bucket_that_does_not_exist() -> None:
    with pytest.raises(Misconfigured, match=r"^ADLOOM_ASSETS_DIR: 's3://nobody/x' where a bucket that exists was"):
        require_store("s3://nobody/x")


def test_keys_that_the_store_does_not_know_are_told_and_not_shown(
    s3: S3Server, bucket: str, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sesame")
    with s3.strict():
        with pytest.raises(Misconfigured, match="where a store that lets these keys list, read, write") as told:
            require_store(bucket)
        for use in (READS["get"], lambda pictures: pictures.put(b"new")):  # who runs already waits for other keys
            with pytest.raises(Unavailable, match="where a store that lets these keys list, read, write"):
                use(pictures_in(bucket))
    assert f"{bucket!r}" in str(told.value)
    assert "sesame" not in str(told.value)
    require_store(bucket)


@pytest.mark.parametrize("use", [READS["get"], lambda pictures: pictures.put(b"new")], ids=["get", "put"])
def test_a_mute_store_is_given_up_in_time_and_used_again_when_it_speaks(
    s3: S3Server, bucket: str, use: Callable[[PictureStore], object], monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setattr(object_store, "WITHIN_S", 1)
    pictures = pictures_in(bucket)
    sha256 = pictures.put(b"picture")
    with s3.muted(), pytest.raises(Unavailable, match="no answer in time"):
        use(pictures)
    assert pictures.get(sha256) == b"picture"


@pytest.mark.usefixtures("s3")
def test_a_store_where_nothing_listens_is_told_at_once(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    fsspec.get_filesystem_class("s3").clear_instance_cache()  # clients keep the address that they began with
    began = time.monotonic()
    with pytest.raises(Unavailable, match="in s3://elsewhere: Could not connect"):
        require_store("s3://elsewhere")
    assert time.monotonic() - began < object_store.WITHIN_S
    fsspec.get_filesystem_class("s3").clear_instance_cache()


def test_browsers_get_what_lies_in_a_bucket(s3: S3Server, bucket: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        web = WebUnderTest(tmp_path, threads)
        sha256, client = pictures_in(bucket).put(web.picture), web.client(assets_dir=bucket)
        with s3.strict():
            away = client.get(f"/a/{sha256}.png")
        whole, part = (client.get(f"/a/{sha256}.png", headers=asked) for asked in ({}, {"range": "bytes=10-19"}))
        missing = client.get(f"/a/{SHA256}.png")
    assert (away.status_code, away.json()["error"]["code"], "retry-after" in away.headers) == (503, "UNAVAILABLE", True)
    assert (whole.status_code, whole.content, whole.headers["etag"]) == (200, web.picture, f'"{sha256}"')
    assert "immutable" in whole.headers["cache-control"]
    assert (part.status_code, part.content) == (206, web.picture[10:20])
    assert missing.status_code == 404


@pytest.mark.usefixtures("s3")
def test_an_ad_is_paused_from_where_the_store_cannot_be_used(tmp_path: Path) -> None:
    creatives = memory_creatives(SystemClock())
    draft = Draft("tee", "300x250", "A tee", "", "Go", approved_by="me", verdict=STAND_IN)
    ad = memory_library(tmp_path, lambda _: True, SystemClock(), creatives).add(draft, house_picture("300x250"))
    wrong = Library(creatives, pictures_in("s3://nobody/x"), lambda _: True, SystemClock())
    (paused,) = wrong.change("pause", [ad.creative_id], "me", "a mistake in the price")
    assert paused.state == "PAUSED"
    with pytest.raises(Misconfigured, match="where a bucket that exists was expected"):
        wrong.keep_house()
