"""No path under /a/ reads anything but a picture."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.web.app import build
from tests.unit.web.door import Door

PARTS = st.sampled_from(["..", ".", "", "/", "\\", "%2f", "%2e%2e", "\x00", "secret.json", "pictures", ".png", "~"])


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    folder = tmp_path_factory.mktemp("web")
    (folder / "secret.json").write_text("secret")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "secret.json").write_text("secret")
    (folder / "pictures" / ("0" * 64 + ".png")).write_text("secret")
    with ThreadPoolExecutor(1) as threads:
        return Door(folder, threads)


def asked(app: Any, path: str) -> tuple[int, bytes]:
    """Status and body of a GET for a decoded path, as a server hands it to the app."""
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": quote(path).encode(), "query_string": b""}
    scope |= {"headers": [], "http_version": "1.1", "scheme": "http", "root_path": "", "client": ("1.2.3.4", 5)}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@given(parts=st.lists(PARTS | st.text(max_size=8) | st.from_regex(r"[0-9a-fA-F]{60,70}", fullmatch=True), max_size=6))
def test_nothing_else_is_readable(door: Door, parts: list[str]) -> None:
    path = f"/a/{''.join(parts)}"
    status, body = asked(build(door.parts, door.settings), path)
    assert (status, body == door.picture) == ((200, True) if path == f"/a/{door.sha256}.png" else (404, False))
    assert b"secret" not in body.replace(path.encode("utf-8", "replace"), b"")


def test_the_picture_itself_is(door: Door) -> None:
    assert asked(build(door.parts, door.settings), f"/a/{door.sha256}.png") == (200, door.picture)
    assert Path(door.settings.assets_dir).exists()
