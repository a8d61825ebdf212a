"""A click counts once by its token and leads only to the catalogue; a render is written as what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from protos.gen.adloom.events.v1.consent_pb2 import Consent
from protos.gen.adloom.events.v1.events_pb2 import Click, Render
from services.common.errors import Unavailable
from services.common.token import LIFETIME, TokenKeys, read_verified
from services.common.topics import CLICKS, RENDERS
from tests.unit.web.web_under_test import BROWSER, KEYS, URL, USER, WebUnderTest

STRANGER = TokenKeys("1", {"1": b"x" * 32})


def test_a_click_is_published_for_the_tokens_pseudonym_and_leads_to_the_product(web: WebUnderTest) -> None:
    text = web.token()
    answer = web.client().get(f"/c/{text}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"{URL}/p/tee-breton")
    assert answer.headers["cache-control"] == "no-store"
    assert "referrer-policy" in answer.headers
    (event,) = web.events(CLICKS)
    click = Click(
        user_id=USER, product_id="tee-breton", impression_token=text, user_agent=BROWSER, consent=Consent(profile=True)
    )
    assert (event.message, event.key, event.source) == (click, USER.encode(), "web")


def test_the_page_that_a_click_leads_to_is_told_its_token_where_the_shop_asks_for_it(web: WebUnderTest) -> None:
    text = web.token()
    answer = web.client(web_click_parameter="ad").get(f"/c/{text}")
    assert answer.headers["location"] == f"{URL}/p/tee-breton?ad={text}"


def test_a_link_that_is_followed_again_is_the_same_event(web: WebUnderTest) -> None:
    text, other = web.token(), web.token("tee-merino")
    for each in (text, text, other):
        assert web.client().get(f"/c/{each}").status_code == 302
    ids = [event.event_id for event in web.events(CLICKS)]
    assert sorted(map(ids.count, set(ids))) == [1, 2]


@pytest.mark.parametrize("home", ["", "https://shop.example"])
def test_a_token_that_does_not_count_leads_nowhere_or_home(web: WebUnderTest, home: str) -> None:
    good, old = web.token(), web.token(age_ms=LIFETIME // timedelta(milliseconds=1) + 1)
    for text in (good[:-1], good + "A", web.token(keys=STRANGER), old, "https:%5c%5cevil.example", "x", "%0d%0aX: y"):
        answer = web.client(web_home=home).get(f"/c/{text}?to=https://evil.example&url=//evil.example")
        assert answer.headers.get("location", "") == home
        assert answer.status_code == (302 if home else 404)
        assert web.client().get(f"/r/{text}").status_code == 404
    assert not web.events(CLICKS)
    assert not web.events(RENDERS)


@pytest.mark.parametrize(("product_id", "clicks"), [("", 0), ("gone", 2)], ids=["house creative", "gone since"])
def test_an_ad_for_no_product_of_the_catalogue_leads_to_the_shop(
    web: WebUnderTest, product_id: str, clicks: int
) -> None:
    path = f"/c/{web.token(product_id)}"
    assert web.client().get(path).headers["location"] == f"{URL}/demo"
    assert web.client(web_home="https://shop.example").get(path).headers["location"] == "https://shop.example"
    assert len(web.events(CLICKS)) == clicks
    assert web.client(web_demo=False).get(path).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"purpose": "prefetch"},
        {"sec-purpose": "prefetch;anonymous-client-ip"},
        {"sec-purpose": "prefetch;prerender"},
        {"x-moz": "prefetch"},
        {"x-purpose": "preview"},
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "facebookexternalhit/1.1 (preview)"},
    ],
)
def test_who_fetches_ahead_is_led_on_and_counts_nothing(web: WebUnderTest, headers: dict[str, str]) -> None:
    answer = web.client().get(f"/c/{web.token()}", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (302, f"{URL}/p/tee-breton")
    assert web.client().get(f"/r/{web.token()}", headers=headers).status_code == 200
    assert not web.events(CLICKS)
    assert not web.events(RENDERS)


def test_asking_for_the_headers_alone_is_no_click(web: WebUnderTest) -> None:
    assert web.client().head(f"/c/{web.token()}").status_code == 302
    assert not web.events(CLICKS)


def test_a_program_that_says_so_is_published_and_judged_later(web: WebUnderTest) -> None:
    # Law 6: what is invalid traffic is marked by those who count, not dropped here.
    web.client().get(f"/c/{web.token()}", headers={"user-agent": "curl/8.5.0"})
    (event,) = web.events(CLICKS)
    assert isinstance(event.message, Click)
    assert event.message.user_agent == "curl/8.5.0"


def test_a_shopper_is_led_on_also_while_kafka_is_away(web: WebUnderTest) -> None:
    web.sink.failure = Unavailable("kafka", "it is away")
    assert web.client().get(f"/c/{web.token()}").headers["location"] == f"{URL}/p/tee-breton"


def test_the_pixel_is_a_gif_and_a_render(web: WebUnderTest) -> None:
    text = web.token()
    answer = web.client().get(f"/r/{text}")
    assert answer.content.startswith(b"GIF89a")
    assert answer.headers["content-type"] == "image/gif"
    assert answer.headers["cache-control"] == "no-store"
    (event,) = web.events(RENDERS)
    assert event.message == Render(user_id=USER, impression_token=text, user_agent=BROWSER)


def test_what_was_seen_is_another_event_than_what_was_shown_and_each_counts_once(web: WebUnderTest) -> None:
    text, client = web.token(), web.client()
    client.get(f"/r/{text}")
    client.get(f"/r/{text}?viewable_ms=1200")
    client.post(f"/r/{text}", content=b'{"viewable_ms": 1000}', headers={"content-type": "text/plain"})
    client.post(f"/r/{text}?viewable_ms=7")
    events = web.events(RENDERS)
    assert [event.message.viewable_ms for event in events] == [0, 1200, 1000, 7]  # type: ignore[attr-defined]
    assert len({event.event_id for event in events}) == 2


@pytest.mark.parametrize("told", ["-1", "86400001", "1e3", "", "½", "9" * 400])
def test_a_time_that_is_none_is_refused_by_its_field(web: WebUnderTest, told: str) -> None:
    answer = web.client().get(f"/r/{web.token()}", params={"viewable_ms": told})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "viewable_ms")
    assert not web.events(RENDERS)


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"viewable_ms": -1}', b'{"viewable_ms": true}', b"\xff", b"[" * 4000])
def test_a_beacon_that_is_no_json_is_refused(web: WebUnderTest, body: bytes) -> None:
    assert web.client().post(f"/r/{web.token()}", content=body).status_code == 400
    assert not web.events(RENDERS)


def test_a_click_on_an_ad_says_what_its_shopper_allowed_when_it_was_chosen(web: WebUnderTest) -> None:
    token = replace(read_verified(web.token()), profile=False)
    web.client().get(f"/c/{KEYS.sign(token)}")
    (event,) = web.events(CLICKS)
    assert isinstance(event.message, Click)
    assert event.message.consent == Consent(profile=False)
