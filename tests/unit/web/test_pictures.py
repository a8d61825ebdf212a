"""Pictures by content: cached for ever, in parts, and nothing else is readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.web.web_under_test import WebUnderTest


def test_a_picture_is_served_whole_and_for_ever(web: WebUnderTest) -> None:
    answer = web.client().get(f"/a/{web.sha256}.png")
    assert (answer.status_code, answer.content) == (200, web.picture)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["etag"] == f'"{web.sha256}"'
    assert answer.headers["access-control-allow-origin"] == "*"


def test_the_headers_alone_are_the_same(web: WebUnderTest) -> None:
    whole, head = (web.client().request(method, f"/a/{web.sha256}.png") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content, head.headers) == (200, b"", whole.headers)


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"x", "{}"', "*"])
def test_who_has_it_is_told_so(web: WebUnderTest, tag: str) -> None:
    headers = {"if-none-match": tag.format(web.sha256)}
    answer = web.client().get(f"/a/{web.sha256}.png", headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")
    assert "immutable" in answer.headers["cache-control"]


def test_a_part_is_served(web: WebUnderTest) -> None:
    answer = web.client().get(f"/a/{web.sha256}.png", headers={"range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, web.picture[10:20])
    assert answer.headers["content-range"] == f"bytes 10-19/{len(web.picture)}"
    last = web.client().get(f"/a/{web.sha256}.png", headers={"range": "bytes=-5"})
    assert last.content == web.picture[-5:]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_part_that_is_not_there_cannot_be_served(web: WebUnderTest, asked: str) -> None:
    answer = web.client().get(f"/a/{web.sha256}.png", headers={"range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(web.picture)}")
    assert answer.json()["error"]["code"] == "OUT_OF_RANGE"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("headers", [{"range": "lines=1-2"}, {"range": "bytes=0-1", "if-range": '"other"'}])
def test_a_range_that_does_not_hold_gives_the_whole(web: WebUnderTest, headers: dict[str, str]) -> None:
    assert web.client().get(f"/a/{web.sha256}.png", headers=headers).content == web.picture


def test_a_damaged_picture_is_not_served(web: WebUnderTest) -> None:
    path = Path(web.settings.assets_dir, "pictures") / web.sha256[:2] / f"{web.sha256}.png"
    path.write_bytes(b"other bytes")
    answer = web.client().get(f"/a/{web.sha256}.png")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")
    assert str(path.parent) not in answer.text
