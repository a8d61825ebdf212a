"""Pictures by content: cached for ever, in parts, and nothing else is readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.web.door import Door


def test_a_picture_is_served_whole_and_for_ever(door: Door) -> None:
    answer = door.client().get(f"/a/{door.sha256}.png")
    assert (answer.status_code, answer.content) == (200, door.picture)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["etag"] == f'"{door.sha256}"'
    assert answer.headers["access-control-allow-origin"] == "*"


def test_the_headers_alone_are_the_same(door: Door) -> None:
    whole, head = (door.client().request(method, f"/a/{door.sha256}.png") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content, head.headers) == (200, b"", whole.headers)


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"x", "{}"', "*"])
def test_who_has_it_is_told_so(door: Door, tag: str) -> None:
    headers = {"if-none-match": tag.format(door.sha256)}
    answer = door.client().get(f"/a/{door.sha256}.png", headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")
    assert "immutable" in answer.headers["cache-control"]


def test_a_part_is_served(door: Door) -> None:
    answer = door.client().get(f"/a/{door.sha256}.png", headers={"range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, door.picture[10:20])
    assert answer.headers["content-range"] == f"bytes 10-19/{len(door.picture)}"
    last = door.client().get(f"/a/{door.sha256}.png", headers={"range": "bytes=-5"})
    assert last.content == door.picture[-5:]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_part_that_is_not_there_cannot_be_served(door: Door, asked: str) -> None:
    answer = door.client().get(f"/a/{door.sha256}.png", headers={"range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(door.picture)}")
    assert answer.json()["error"]["code"] == "OUT_OF_RANGE"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("headers", [{"range": "lines=1-2"}, {"range": "bytes=0-1", "if-range": '"other"'}])
def test_a_range_that_does_not_hold_gives_the_whole(door: Door, headers: dict[str, str]) -> None:
    assert door.client().get(f"/a/{door.sha256}.png", headers=headers).content == door.picture


def test_a_damaged_picture_is_not_served(door: Door) -> None:
    path = Path(door.settings.assets_dir, "pictures") / door.sha256[:2] / f"{door.sha256}.png"
    path.write_bytes(b"other bytes")
    answer = door.client().get(f"/a/{door.sha256}.png")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")
    assert str(path.parent) not in answer.text
