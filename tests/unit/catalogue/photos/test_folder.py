"""A file of the folder is found by the name that the feed uses; no link leads out of the folder."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.catalogue.photos.folder import PhotoFolder
from services.catalogue.photos.links import Known, Wanted
from services.common.errors import Misconfigured, Rejected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("Hat.JPG", "sku-1.png", "men/belt.jpg", "women/belt.jpg", "größe 38.webp"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    (tmp_path / "photos" / "out.jpg").symlink_to(tmp_path / "secret.jpg")
    os.mkfifo(tmp_path / "photos" / "pipe.jpg")
    return tmp_path / "photos"


@pytest.mark.parametrize(
    ("link", "product_id", "name"),
    [
        ("hat.jpg", "7", "Hat.JPG"),
        ("https://shop.example/files/HAT.jpg?v=2", "7", "Hat.JPG"),
        (r"C:\pictures\hat.jpg", "7", "Hat.JPG"),
        ("women/belt.jpg", "7", "women/belt.jpg"),
        ("https://shop.example/men/belt.jpg", "7", "men/belt.jpg"),
        ("https://shop.example/gr%C3%B6%C3%9Fe%2038.webp", "7", "größe 38.webp"),
        ("https://shop.example/image?id=12", "SKU-1", "sku-1.png"),
        ("SKU-1", "SKU-1", "sku-1.png"),
    ],
)
def test_a_file_is_found_by_path_by_name_or_by_the_products_id(
    folder: Path, link: str, product_id: str, name: str
) -> None:
    assert PhotoFolder(folder).get(Wanted(link, product_id, is_main=True)).decode() == name


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("../secret.jpg", "no_file"),
        ("..\\secret.jpg", "no_file"),
        ("https://shop.example/%2e%2e/secret.jpg", "no_file"),
        ("/etc/passwd", "no_file"),
        ("out.jpg", "no_file"),
        ("pipe.jpg", "no_file"),
        ("belt.jpg", "ambiguous"),
        ("", "no_file"),
    ],
)
def test_no_link_leads_out_of_the_folder_or_to_one_of_several_files(folder: Path, link: str, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        PhotoFolder(folder).get(Wanted(link, "7", is_main=True))
    assert caught.value.reason == reason


def test_the_id_names_the_main_picture_only(folder: Path) -> None:
    assert not PhotoFolder(folder).has(Wanted("https://shop.example/2.jpg", "sku-1", is_main=False))


def test_a_file_that_was_changed_since_is_newer(folder: Path) -> None:
    now = datetime.now(UTC)
    found, hat = PhotoFolder(folder), Wanted("hat.jpg", "7", is_main=True)
    assert found.is_newer(hat, Known("ab", "", now - timedelta(hours=1)))
    assert not found.is_newer(hat, Known("ab", "", now + timedelta(hours=1)))


def test_a_folder_that_there_is_not_is_named() -> None:
    with pytest.raises(Misconfigured, match="/none/photos"):
        PhotoFolder(Path("/none/photos"))
