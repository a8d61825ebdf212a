"""The whole loop by HTTP alone, as a browser sees it: a view, an ad, its picture, a click, an order, the outcomes."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import Outside
from tests.waiting import wait_for

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/150.0"
SEEN_MS = 1234


@dataclass(frozen=True)
class Browser:
    """One connection for each request; follows nothing by itself."""

    address: str

    def ask(self, method: str, url: str, body: Any = None, **headers: str) -> tuple[HTTPResponse, bytes]:
        """The answer and its body; `url` is absolute, or a path of `web`."""
        parts = urlsplit(url)
        connection = HTTPConnection(parts.netloc or self.address, timeout=20)
        content = None if body is None else json.dumps(body).encode()
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, content, {"user-agent": BROWSER, "content-type": "text/plain", **headers})
        answer = connection.getresponse()
        found = answer, answer.read()
        connection.close()
        return found

    def json(self, method: str, url: str, body: Any = None) -> Any:
        """The JSON of an answer that is OK."""
        answer, content = self.ask(method, url, body)
        assert answer.status == 200, content
        return json.loads(content)


@pytest.fixture
def browser(outside: Outside) -> Browser:
    return Browser(outside.running.web)


def an_ad(browser: Browser, user: str) -> dict[str, Any]:
    """A selection that is a product's: the house creative may be drawn, and leads to none."""
    for _ in range(20):
        placement = {"placement_id": "front", "format": "300x250", "markup": True}
        answer = browser.json("POST", "/v1/select", {"user_id": user, "placements": [placement]})
        (selection,) = answer["selections"]
        if selection["product_id"]:
            return dict(selection)
    raise AssertionError("only the house creative was drawn")


def test_a_page_needs_http_alone(browser: Browser, outside: Outside) -> None:
    user = f"http-{uuid.uuid4()}"
    viewed = browser.json("POST", "/v1/events", {"events": [{"view": {"user_id": user, "product_id": "tee-breton"}}]})
    assert viewed["results"][0]["status"] == "EVENT_STATUS_OK"
    wait_for("the view", lambda: outside.features(outside.pseudonym(user))[0]["views_total"] == 1)
    ad = an_ad(browser, user)
    answer, picture = browser.ask("GET", ad["image"]["uri"])
    assert answer.status == 200
    assert ad["image"]["uri"].endswith(f"/a/{hashlib.sha256(picture).hexdigest()}.png")
    render = f"/r/{ad['impression_token']}"
    assert browser.ask("GET", render)[0].status == 200
    assert browser.ask("POST", render, {"viewable_ms": SEEN_MS})[0].status == 204
    assert browser.ask("HEAD", ad["click_url"])[0].status == 302
    for _ in range(2):  # a shopper who clicks twice
        answer, _ = browser.ask("GET", ad["click_url"])
        assert (answer.status, urlsplit(answer.headers["location"]).query) == (302, f"product={ad['product_id']}")
    assert browser.ask("GET", answer.headers["location"])[0].status == 200
    order = {"user_id": user, "product_id": ad["product_id"], "value_minor": 2900, "currency": "EUR"}
    bought = {"events": [{"order": {**order, "impression_token": ad["impression_token"]}}]}
    assert browser.json("POST", "/v1/events", bought)["results"][0]["status"] == "EVENT_STATUS_OK"
    outcomes = wait_for("both outcomes", lambda: both(outside, ad["impression_id"]), within_s=60)
    assert {kind for kind, _ in outcomes.values()} == {"CLICKED", "ORDERED"}
    assert {who for _, who in outcomes.values()} == {outside.pseudonym(user)}
    assert outside.features(outside.pseudonym(user))[0]["clicks_total"] == 1
    renders = [r for r in outside.messages("ad.renders") if r["impression_token"] == ad["impression_token"]]
    assert [(r["user_id"], int(r["viewable_ms"])) for r in renders] == [
        (outside.pseudonym(user), 0),
        (outside.pseudonym(user), SEEN_MS),
    ]

    closed = wait_for("the closed window", lambda: closed_outcomes(outside, ad["impression_id"]), within_s=60)
    assert all(outcome["rendered"] and outcome["render_pixel"] for outcome in closed)


def closed_outcomes(outside: Outside, impression_id: str) -> list[dict[str, Any]]:
    """The impression's outcomes from after its window has closed."""
    found = [one for one in outside.messages("ad.outcomes") if one["impression_id"] == impression_id]
    return [one for one in found if one["window_closed"]]


def both(outside: Outside, impression_id: str) -> dict[str, tuple[str, str]]:
    """Kind and user of the impression's outcomes by id, once there are two."""
    found = {
        outcome["outcome_id"]: (outcome["kind"], outcome["user_id"])
        for outcome in outside.messages("ad.outcomes")
        if outcome["impression_id"] == impression_id
    }
    return found if len(found) == 2 else {}


def test_the_demo_shop_shows_three_places_and_reports_what_is_looked_at(browser: Browser) -> None:
    answer, page = browser.ask("GET", "/demo?product=tee-breton&user=a%22%3Cb%3E")
    assert answer.status == 200
    assert page.count(b"data-adloom=") == 3
    assert b'data-adloom-view="tee-breton" data-user="a&quot;&lt;b&gt;"' in page
    assert browser.ask("GET", "/demo/tee-breton.webp")[1].startswith(b"RIFF")
    assert browser.ask("GET", "/demo?product=none")[0].status == 404


def test_a_refusal_of_a_service_is_a_pages_too(browser: Browser) -> None:
    places = [{"placement_id": "front", "format": "300x250"}]
    asked = {"user_id": "alice", "placements": places, "product_ids": ["no such product"]}
    answer, body = browser.ask("POST", "/v1/select", asked)
    error = json.loads(body)["error"]
    assert (answer.status, error["code"], error["field"]) == (400, "INVALID_ARGUMENT", "product_ids[0]")
    one = browser.json("POST", "/v1/events", {"events": [{"click": {"user_id": "alice"}}]})["results"][0]
    assert (one["status"], one["message"].partition(":")[0]) == ("EVENT_STATUS_REJECTED", "product_id")


def test_an_answer_names_its_address_at_two_places(outside: Outside) -> None:
    facts = json.loads(outside.adloom("status", "--json"))
    assert facts["web"] == facts["processes"]["web"]["address"] == outside.running.web
    assert facts["processes"]["web"]["ready"]
