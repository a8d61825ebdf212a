"""No path under /a/ reads anything but a picture."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.web.web_under_test import WebUnderTest

PARTS = st.sampled_from(["..", ".", "", "/", "\\", "%2f", "%2e%2e", "\x00", "secret.json", "pictures", ".png", "~"])


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> WebUnderTest:
    folder = tmp_path_factory.mktemp("web")
    (folder / "secret.json").write_text("secret")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "secret.json").write_text("secret")
    (folder / "pictures" / ("0" * 64 + ".png")).write_text("secret")
    with ThreadPoolExecutor(1) as threads:
        return WebUnderTest(folder, threads)


@given(parts=st.lists(PARTS | st.text(max_size=8) | st.from_regex(r"[0-9a-fA-F]{60,70}", fullmatch=True), max_size=6))
def test_nothing_else_is_readable(web: WebUnderTest, parts: list[str]) -> None:
    path = f"/a/{''.join(parts)}"
    answer = web.client().ask_app("GET", path, b"", {})
    status, body = answer.status_code, answer.content
    assert (status, body == web.picture) == ((200, True) if path == f"/a/{web.sha256}.png" else (404, False))
    assert b"secret" not in body.replace(path.encode("utf-8", "replace"), b"")


def test_the_picture_itself_is(web: WebUnderTest) -> None:
    answer = web.client().ask_app("GET", f"/a/{web.sha256}.png", b"", {})
    assert (answer.status_code, answer.content) == (200, web.picture)
