"""The demo shop in a real browser: three ads are loaded, seen and clicked, one is bought; the report counts each."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from tests.e2e.conftest import Outside
from tests.waiting import wait_for

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/150.0"  # headless Chromium says that it is a bot
ADS = "[...document.querySelectorAll('.adloom-ad a')]"
MIDDLE = """(one => { one.scrollIntoView({block: "center"}); const box = one.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2]; })(%s)"""
BUY = """fetch("/v1/events", {method: "POST", body: JSON.stringify({events: [{order: %s}]})})
  .then(answer => answer.json()).then(told => told.results[0].status)"""
CTRL = 2  # a link opens in a tab of its own


@dataclass
class Browser:
    """Chromium with one page in front, driven by its own protocol as by a person's mouse."""

    port: int
    socket: ClientConnection
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def call(self, method: str, **params: Any) -> Any:
        """The answer to one command; events between are left out."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (told := json.loads(self.socket.recv(30))).get("id") != number:
            pass
        return told["result"]

    def value(self, script: str) -> Any:
        """What a script gives."""
        found = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return found["result"]["value"]

    def click(self, element: str, modifiers: int) -> None:
        """Presses and releases the mouse in the middle of an element."""
        x, y = self.value(MIDDLE % element)
        at = {"x": x, "y": y, "button": "left", "clickCount": 1, "modifiers": modifiers}
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, **at)

    def tabs(self) -> dict[str, str]:
        """The address of each tab, by its id."""
        return {target["id"]: target["url"] for target in targets(self.port)}

    def led_to(self, element: str) -> str:
        """Where a click on a link ends, in a tab of its own."""
        known = self.tabs()
        self.click(element, CTRL)

        def landed() -> str:
            return next((url for one, url in self.tabs().items() if one not in known and "/demo" in url), "")

        return str(wait_for("the page that the ad leads to", landed))


def targets(port: int) -> list[dict[str, str]]:
    """What Chromium can be told to drive: tabs, and parts of its own."""
    found: list[dict[str, str]] = httpx.get(f"http://127.0.0.1:{port}/json", trust_env=False).json()
    return found


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return found or pytest.skip("chromium is not installed (Debian: chromium)")


@contextmanager
def opened(chromium: str, page: str, profile: Path) -> Iterator[Browser]:
    """A browser with this page, until the `with` ends."""
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server"]
    flags += ["--remote-debugging-port=0", "--window-size=1280,1600", f"--user-data-dir={profile}"]
    port = profile / "DevToolsActivePort"
    with subprocess.Popen([chromium, *flags, f"--user-agent={AGENT}", page], stderr=subprocess.DEVNULL) as browser:
        try:
            wait_for("Chromium's port", lambda: port.exists() and "/" in port.read_text(), within_s=60)
            number = int(port.read_text().split()[0])
            (socket_url,) = (target["webSocketDebuggerUrl"] for target in targets(number) if target["url"] == page)
            with connect(socket_url, proxy=None) as socket:
                yield Browser(number, socket)
        finally:
            browser.terminate()
            browser.wait(30)


def test_three_ads_are_shown_seen_clicked_and_bought(chromium: str, outside: Outside, tmp_path: Path) -> None:
    user = f"chromium-{uuid.uuid4()}"
    key = outside.pseudonym(user)
    before = counted(outside)

    def renders() -> list[int]:
        found = [render for render in outside.messages("ad.renders") if render["user_id"] == key]
        return sorted(int(render["viewable_ms"]) for render in found)

    with opened(chromium, f"http://{outside.running.web}/demo?product=tee-breton&user={user}", tmp_path) as browser:
        wait_for("three ads that were shown and seen", lambda: len(renders()) >= 6, within_s=60, every_s=0.5)
        assert renders()[:3] == [0, 0, 0]
        assert min(renders()[3:]) >= 1000
        wait_for("the view of the page", lambda: outside.features(key)[0]["views_total"] == 1)
        products = clicked(browser)
        token = next(iter(products))
        order = {"user_id": user, "product_id": products[token], "value_minor": 2900, "currency": "EUR"}
        bought = browser.value(BUY % json.dumps({**order, "impression_token": token}))
        assert bought == "EVENT_STATUS_OK"
    want = {"rendered": len(products), "clicks": len(products), "ORDERED": 1}
    wait_for("all of it in the report", lambda: grown(before, counted(outside), want), within_s=90, every_s=0.5)
    assert outside.features(key)[0]["clicks_total"] == len(products)


def clicked(browser: Browser) -> dict[str, str]:
    """The product that each ad leads to by its token, after a click on each; the house creative is for none."""
    links = [browser.value(f"{ADS}[{number}].href") for number in range(browser.value(f"{ADS}.length"))]
    assert len(links) == 3
    pages = [urlsplit(browser.led_to(f"{ADS}[{number}]")) for number in range(3)]
    products = [parse_qs(page.query).get("product", [""])[0] for page in pages]
    return {link.rpartition("/c/")[2]: product for link, product in zip(links, products, strict=True) if product}


def counted(outside: Outside) -> dict[str, int]:
    """What `adloom report` counts of ads on pages."""
    told = json.loads(outside.adloom("report", "--json"))
    sums = {name: sum(policy[name] for policy in told["policies"]) for name in ("rendered", "clicks")}
    return {**sums, "ORDERED": told["outcomes_by_kind"].get("ORDERED", 0)}


def grown(before: dict[str, int], after: dict[str, int], want: dict[str, int]) -> bool:
    """Whether each count has grown by what is wanted at least: other tests' windows close in the meantime."""
    return all(after[name] - before[name] >= most for name, most in want.items())
