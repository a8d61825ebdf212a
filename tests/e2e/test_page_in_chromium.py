"""The demo shop in a real browser: three ads are loaded, and their pixels and what was seen reach Kafka."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import Outside
from tests.waiting import wait_for

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/150.0"  # headless Chromium says that it is a bot


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's Chromium, which opens a page without anything else."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return found or pytest.skip("chromium is not installed (Debian: chromium)")


@contextmanager
def opened(chromium: str, page: str, profile: Path) -> Iterator[None]:
    """A browser with this page, until the `with` ends; the debugging port keeps it open."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server"]
    flags += ["--remote-debugging-port=0", "--window-size=1280,1600", f"--user-data-dir={profile}"]
    with subprocess.Popen([chromium, *flags, f"--user-agent={AGENT}", page], stderr=subprocess.DEVNULL) as browser:
        try:
            yield
        finally:
            browser.terminate()
            browser.wait(30)


def test_three_ads_are_shown_and_seen(chromium: str, outside: Outside, tmp_path: Path) -> None:
    user = f"chromium-{uuid.uuid4()}"
    key = outside.pseudonym(user)

    def renders() -> list[int]:
        found = [render for render in outside.messages("ad.renders") if render["user_id"] == key]
        return sorted(int(render["viewable_ms"]) for render in found)

    with opened(chromium, f"http://{outside.running.web}/demo?product=tee-breton&user={user}", tmp_path):
        wait_for("three ads that were shown and seen", lambda: len(renders()) >= 6, within_s=60, every_s=0.5)
    assert renders()[:3] == [0, 0, 0]
    assert min(renders()[3:]) >= 1000
    wait_for("the view of the page", lambda: outside.features(key)[0]["views_total"] == 1)
