"""`/v1/select` and `/v1/events` take and give the JSON of the services' messages, with their rules and errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from services.web.api.select_route import LARGEST_BYTES
from services.web.body import Bodies
from services.web.refused import STATUS, Refused
from tests.unit.web.web_under_test import BROWSER, URL, WebUnderTest

FRONT = {"placement_id": "front", "format": "300x250"}
VIEW = {"event_id": "e-1", "view": {"user_id": "alice", "product_id": "tee-breton"}}


class Tags(HTMLParser):
    """The tags of a piece of HTML with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_selection_comes_with_addresses_that_a_page_can_use(web: WebUnderTest) -> None:
    answer = web.client().post("/v1/select", json={"user_id": "alice", "placements": [FRONT]})
    (selection,) = answer.json()["selections"]
    assert selection["image"] == {"uri": f"{URL}/a/{web.sha256}.png", "media_type": "image/png"}
    assert selection["click_url"] == f"{URL}/c/{selection['impression_token']}"
    assert (selection["slot"], selection["degraded"], selection["markup"]) == (0, [], "")
    assert answer.headers["cache-control"] == "no-store"


PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari"


@pytest.mark.parametrize(
    ("said", "headers", "device"),
    [
        ("", {"user-agent": PHONE}, "phone"),
        ("", {"user-agent": "Mozilla/5.0 (Linux; Android 10; K) Chrome/140.0", "sec-ch-ua-mobile": "?1"}, "phone"),
        ("", {"user-agent": "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) Mobile/15E148 Safari"}, "tablet"),
        ("", {"user-agent": BROWSER}, "desktop"),
        ("", {"user-agent": "python-requests/2.32"}, ""),
        ("tablet", {"user-agent": PHONE}, "tablet"),
    ],
)
def test_the_device_is_what_the_page_says_or_else_the_browser(
    web: WebUnderTest, said: str, headers: dict[str, str], device: str
) -> None:
    asked = {"placements": [FRONT], "context": {"device": said}}
    web.client().post("/v1/select", json=asked, headers=headers)
    assert web.services.selects[-1].context.device == device


def test_markup_is_escaped_and_says_what_a_machine_made(web: WebUnderTest) -> None:
    asked = {"placements": [{**FRONT, "markup": True}]}
    (selection,) = web.client().post("/v1/select", json=asked).json()["selections"]
    tags = Tags(selection["markup"])
    assert [name for name, _ in tags.found] == ["span", "a", "img", "span", "img"]
    link, picture, pixel = tags.found[1][1], tags.found[2][1], tags.found[4][1]
    assert (link["href"], link["rel"]) == (selection["click_url"], "sponsored nofollow noopener")
    assert (picture["src"], picture["alt"]) == (selection["image"]["uri"], web.creative.headline)
    assert (picture["width"], picture["height"]) == ("300", "250")
    assert pixel["src"] == f"{URL}/r/{selection['impression_token']}"
    assert tags.text == "Ad \u00b7 AI-made"


def test_camel_case_is_read_and_placements_are_a_batch(web: WebUnderTest) -> None:
    asked = {"userId": "alice", "requestId": "r-7", "placements": [FRONT, {"placementId": "side", "format": "160x600"}]}
    answer = web.client().post("/v1/select", json=asked).json()
    assert (answer["request_id"], [s["placement_id"] for s in answer["selections"]]) == ("r-7", ["front", "side"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"placements": [{"placement_id": "front", "format": "big"}]}', "placements[0].format"),
        (b'{"placements": []}', "placements"),
        (b'{"placements": 3}', "placements"),
        (b'{"user_id": "\\ud800"}', "user_id"),
        (b"{", "value"),
        (b"[]", "value"),
        (b"", "value"),
        (b"\xff", "value"),
    ],
)
def test_a_wrong_request_is_answered_with_its_field(web: WebUnderTest, body: bytes, field: str) -> None:
    answer = web.client().post("/v1/select", content=body)
    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"]["field"]) == ("INVALID_ARGUMENT", field)
    assert "expected" in answer.json()["error"]["message"]
    assert not web.services.selects


@pytest.mark.parametrize(
    ("path", "asked", "field", "kind"),
    [
        ("/v1/select", {"placement": [FRONT]}, "placement", "creative.v1.SelectCreativesRequest"),
        ("/v1/select", {"placements": [FRONT], "future": None}, "future", "creative.v1.SelectCreativesRequest"),
        ("/v1/select", {"placements": [FRONT, {**FRONT, "size": 1}]}, "placements[1].size", "creative.v1.Placement"),
        ("/v1/select", {"context": {"lang": "en"}, "placements": [FRONT]}, "context.lang", "creative.v1.Context"),
        ("/v1/events", {"events": [VIEW], "sent_at": 1}, "sent_at", "events.v1.PublishEventsRequest"),
        ("/v1/events", {"events": [VIEW, {"click": {"sku": "a"}}]}, "events[1].click.sku", "events.v1.Click"),
    ],
)
def test_a_field_that_there_is_not_is_named(
    web: WebUnderTest, path: str, asked: dict[str, object], field: str, kind: str
) -> None:
    answer = web.client().post(path, json=asked)
    message = f"{field}: '(not shown)' where a field of adloom.{kind} was expected"
    told = {"code": "INVALID_ARGUMENT", "field": field, "message": message}
    assert (answer.status_code, answer.json()) == (400, {"error": told})
    assert not web.services.selects and not web.services.publishes


@pytest.mark.parametrize(("code", "status"), STATUS.items())
def test_a_services_refusal_keeps_its_code_and_gets_the_status_of_it(web: WebUnderTest, code: str, status: int) -> None:
    web.services.failure = Refused(code, "in its own words", "user_id")
    for path, body in (("/v1/select", {"placements": [FRONT]}), ("/v1/events", {"events": [VIEW]})):
        answer = web.client().post(path, json=body)
        told = {"error": {"code": code, "field": "user_id", "message": "in its own words"}}
        assert (answer.status_code, answer.json()) == (status, told)


def test_a_bug_shows_nothing_of_itself(web: WebUnderTest) -> None:
    web.services.failure = RuntimeError("secret")  # type: ignore[assignment]
    answer = web.client().post("/v1/events", json={"events": [VIEW]})
    assert (answer.status_code, answer.json()["error"]["message"]) == (500, "internal error")


@pytest.mark.parametrize("kind", ["application/json", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded"])
def test_events_are_taken_as_a_beacon_sends_them(web: WebUnderTest, kind: str) -> None:
    body = b'{"events": [{"event_id": "e-1", "view": {"user_id": "alice", "product_id": "tee-breton"}}]}'
    answer = web.client().post("/v1/events", content=body, headers={"content-type": kind})
    assert answer.json() == {"results": [{"event_id": "e-1", "status": "EVENT_STATUS_OK", "message": ""}]}


def test_an_event_of_a_page_carries_its_browser_and_a_servers_does_not(web: WebUnderTest) -> None:
    web.client().post("/v1/events", json={"events": [VIEW]}, headers={"origin": URL})
    web.client().post("/v1/events", json={"events": [VIEW]})
    own = {**VIEW, "view": {**VIEW["view"], "user_agent": "shop/1"}}  # type: ignore[dict-item]
    web.client().post("/v1/events", json={"events": [own]}, headers={"origin": URL})
    agents = [asked.events[0].view.user_agent for asked in web.services.publishes]
    assert agents == [BROWSER, "", "shop/1"]


@pytest.mark.parametrize(
    ("start", "field", "most"),
    [
        (b'{"events": [{}', "events", 1000),
        (b'{"placements": [{}', "placements", 16),
        (b'{"productIds": [{}', "product_ids", 256),
    ],
)
def test_a_list_beyond_its_limit_is_refused_before_a_message_is_made_of_it(
    web: WebUnderTest, monkeypatch: pytest.MonkeyPatch, start: bytes, field: str, most: int
) -> None:
    made: list[object] = []
    monkeypatch.setattr("services.web.api.read_request.from_object", lambda *asked: made.append(asked))
    path = "/v1/events" if field == "events" else "/v1/select"
    answer = web.client().post(path, content=start + b",{}" * 99_999 + b"]}")
    assert (answer.status_code, made) == (400, [])
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == ("INVALID_ARGUMENT", field)
    assert "100000 of them" in error["message"]
    assert f"at most {most} " in error["message"]


def test_bodies_beyond_what_all_may_hold_together_are_told_to_come_back() -> None:
    async def part(size: int) -> Message:
        return {"type": "http.request", "body": bytes(size), "more_body": False}

    def sized(size: int) -> Request:
        return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, lambda: part(size))

    async def three() -> None:
        bodies = Bodies(1.0, most_bytes=100)
        async with bodies.of(sized(60), 100):
            with pytest.raises(Refused, match="ask again") as told:
                async with bodies.of(sized(41), 100):
                    raise AssertionError("there was room")
            assert (told.value.code, told.value.status) == ("RESOURCE_EXHAUSTED", 503)
            async with bodies.of(sized(40), 100) as body:
                assert len(body) == 40
        async with bodies.of(sized(100), 100) as body:
            assert len(body) == 100

    asyncio.run(three())


def test_a_body_that_is_too_large_is_refused_by_its_declared_length(web: WebUnderTest) -> None:
    headers = {"content-length": str(10 << 20)}
    answer = web.client().post("/v1/select", content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["error"]["field"]) == (413, "body")


def test_a_body_that_turns_out_too_large_is_refused(web: WebUnderTest) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_BYTES // 65536 + 1):
            yield b" " * 65536

    assert web.client().post("/v1/select", content=endless()).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/select", 405, "UNIMPLEMENTED"),
        ("POST", "/v1/nothing", 404, "NOT_FOUND"),
        ("GET", "/", 404, "NOT_FOUND"),
    ],
)
def test_what_there_is_not_is_answered_in_the_same_form(
    web: WebUnderTest, method: str, path: str, status: int, code: str
) -> None:
    answer = web.client().request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_the_script_is_short_stores_nothing_and_is_for_every_page(web: WebUnderTest) -> None:
    answer = web.client().get("/adloom.js")
    assert len(answer.content) < 4000
    assert not re.search(r"cookie\b(?!s;)|localStorage|sessionStorage|indexedDB", answer.text)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_what_a_shopper_allows_goes_on_and_where_a_page_does_not_say_the_setting_does(web: WebUnderTest) -> None:
    for setting, said in (("all", {"profile": False}), ("none", None)):
        more: dict[str, object] = {"consent": said} if said else {}
        client = web.client(consent=setting)
        client.post("/v1/select", json={"user_id": "alice", "placements": [FRONT], **more})
        client.post("/v1/events", json={"events": [{"view": {"user_id": "alice", "product_id": "p", **more}}]})
    told: list[Any] = [*web.services.selects, *(request.events[0].view for request in web.services.publishes)]
    found = [(one.consent.profile, one.consent.personalise) for one in told]
    assert found == [(False, True), (False, False)] * 2


def test_an_ad_is_called_one_in_the_language_of_its_page(web: WebUnderTest) -> None:
    asked = {"placements": [{**FRONT, "markup": True}], "context": {"locale": "de-AT"}}
    (selection,) = web.client().post("/v1/select", json=asked).json()["selections"]
    assert Tags(selection["markup"]).text == "Anzeige \u00b7 AI-made"
