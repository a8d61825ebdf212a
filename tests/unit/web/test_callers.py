"""Who may ask, how often, and from which pages."""

from __future__ import annotations

import pytest

from services.web.origins import Origins
from services.web.rate_limit import RateLimit
from services.web.settings import LinkForm
from tests.unit.web.web_under_test import URL, WebUnderTest

BODY = {"placements": [{"placement_id": "front", "format": "300x250"}]}
SHOP = "https://shop.example"


@pytest.mark.parametrize("origin", [SHOP, URL, "HTTPS://Shop.Example"])
def test_a_page_of_the_list_may_ask_and_read_the_answer(web: WebUnderTest, origin: str) -> None:
    client = web.client(web_origins=f"https://other.example, {SHOP}/")
    answer = client.post("/v1/select", json=BODY, headers={"origin": origin})
    assert answer.status_code == 200
    assert (answer.headers["access-control-allow-origin"], answer.headers["vary"]) == (origin, "Origin")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://shop.example", f"{SHOP}.evil.example", "null"])
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_another_page_may_not_and_nothing_happens(web: WebUnderTest, origin: str, method: str) -> None:
    answer = web.client(web_origins=SHOP).request(method, "/v1/events", json={}, headers={"origin": origin})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "PERMISSION_DENIED")
    assert "access-control-allow-origin" not in answer.headers
    assert not web.services.publishes


def test_a_browser_that_asks_first_is_told_what_it_may_send(web: WebUnderTest) -> None:
    headers = {"origin": SHOP, "access-control-request-method": "POST"}
    answer = web.client(web_origins=SHOP).request("OPTIONS", "/v1/select", headers=headers)
    assert (answer.status_code, answer.headers["access-control-allow-methods"]) == (204, "POST")
    assert "content-type" in answer.headers["access-control-allow-headers"]
    assert not web.services.selects


def test_a_refused_page_reads_the_reason_if_it_is_one_of_the_list(web: WebUnderTest) -> None:
    answer = web.client(web_origins=SHOP).post("/v1/select", content=b"{", headers={"origin": SHOP})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (400, SHOP)


def test_all_origins_may_be_allowed() -> None:
    assert Origins.of("*", URL).admits("null", "")


def test_who_asks_too_often_is_told_to_come_back_and_others_are_served(web: WebUnderTest) -> None:
    client = web.client(web_rate_per_s=1.0, web_burst=2)
    answers = [client.post("/v1/select", json=BODY, headers={"origin": URL}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == "RESOURCE_EXHAUSTED"
    assert answers[2].headers["retry-after"] == "1"
    assert answers[2].headers["access-control-allow-origin"] == URL  # so that the page can read why
    assert client.get(f"/a/{web.sha256}.png").status_code == 200


def test_a_key_has_a_limit_of_its_own(web: WebUnderTest) -> None:
    client = web.client(web_rate_per_s=1.0, web_burst=2)
    keyed = [client.post("/v1/select", json=BODY, headers={"x-adloom-key": "k"}).status_code for _ in range(3)]
    assert keyed == [200, 200, 429]


def test_callers_that_never_end_take_bounded_memory() -> None:
    limit = RateLimit(per_s=1.0, burst=1, most=100)
    assert all(limit.admits(f"address {number}", 0.0) for number in range(1000))
    assert len(limit) == 100


@pytest.mark.parametrize(
    "link", ["/p/{product_id}", "https://shop.example/p?id={product_id}&x=1", "http://s:8/{product_id}"]
)
def test_a_link_to_products_is_known(link: str) -> None:
    assert link in LinkForm()


@pytest.mark.parametrize(
    "link",
    ["/p", "//evil.example/{product_id}", "javascript:{product_id}", "https://{product_id}/", "p/{product_id}",
     "/{product_id}/{product_id}", "/{product_id}\r\nX: y", "https://shop.example\\@evil/{product_id}",
     "/\\evil/{product_id}"],
)  # fmt: skip
def test_a_link_that_could_lead_elsewhere_is_refused(link: str) -> None:
    assert link not in LinkForm()
