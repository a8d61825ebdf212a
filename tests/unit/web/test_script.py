"""adloom.js asks once for a page, shows what it gets, and tells what was seen as the MRC defines it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from services.web.pages.script import SCRIPT

STUB = Path(__file__).with_name("page_stub.js")
FRONT = {"data-adloom": "front", "data-format": "300x250", "data-user": "alice"}
SIDE = {"data-adloom": "side", "data-format": "160x600", "data-user": "alice", "data-count": "2"}


def run(places: list[dict[str, str]], looks: list[tuple[int, float | None]] = (), **more: Any) -> Any:  # type: ignore[assignment]
    """What the script does on a page with these places; `looks` are (ms, share in sight)."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    page = {"script": SCRIPT, "places": places, "views": [], "looks": looks, **more}
    done = subprocess.run([node, STUB], input=json.dumps(page), capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_all_places_of_a_shopper_are_asked_for_at_once_and_filled() -> None:
    found = run([FRONT, SIDE, FRONT])
    (request,) = found["asked"]
    assert request["url"] == "https://ads.example/v1/select"
    assert request["body"]["user_id"] == "alice"
    assert request["body"]["context"]["page"] == "/p/tee"
    assert [(p["placement_id"], p["format"], p["count"]) for p in request["body"]["placements"]] == [
        ("front", "300x250", 1),
        ("side", "160x600", 2),
        ("front-2", "300x250", 1),
    ]
    assert all(place["markup"] for place in request["body"]["placements"])
    assert [[ad["html"] for ad in shown] for shown in found["shown"]] == [
        ["<i>front</i>"],
        ["<i>side</i>"],
        ["<i>front-2</i>"],
    ]


def test_two_shoppers_or_many_places_are_several_requests() -> None:
    assert len(run([FRONT, {**SIDE, "data-user": "bob"}])["asked"]) == 2
    assert [len(request["body"]["placements"]) for request in run([FRONT] * 17)["asked"]] == [16, 1]


@pytest.mark.parametrize(
    ("looks", "seen_ms"),
    [
        ([(0, 0.5), (1000, None)], [1000]),
        ([(0, 0.49), (5000, None)], []),
        ([(0, 1.0), (900, 0.4), (1100, 1.0), (2000, None)], []),
        ([(0, 1.0), (900, 0.4), (1100, 1.0), (2100, None)], [1000]),
        ([(0, 1.0), (3000, 0.0), (4000, 1.0), (6000, None)], [1000]),
    ],
)
def test_seen_is_half_of_it_for_a_second_without_a_break_and_told_once(
    looks: list[tuple[int, float | None]], seen_ms: list[int]
) -> None:
    told = run([FRONT], looks)["told"]
    assert [one["body"]["viewable_ms"] for one in told] == seen_ms
    assert {one["url"] for one in told} <= {"https://ads.example/r/T-front"}


def test_a_page_that_shows_a_product_tells_that_it_was_viewed() -> None:
    found = run([], views=[{"data-adloom-view": "tee", "data-user": "alice"}, {"data-adloom-view": "tee"}])
    (told,) = found["told"]
    (event,) = told["body"]["events"]
    assert told["url"] == "https://ads.example/v1/events"
    assert event["view"] == {"user_id": "alice", "product_id": "tee", "page": "/p/tee"}


@pytest.mark.parametrize(
    ("said", "consent"),
    [
        (None, None),
        ("none", {"profile": False, "personalise": False}),
        ("profile", {"profile": True, "personalise": False}),
        ("personalise", {"profile": False, "personalise": True}),
        ("all", {"profile": True, "personalise": True}),
    ],
)
def test_what_the_script_element_says_of_consent_goes_with_requests_and_views(
    said: str | None, consent: object
) -> None:
    found = run([FRONT], views=[{"data-adloom-view": "tee", "data-user": "alice"}], consent=said)
    (view,) = (event["view"] for one in found["told"] for event in one["body"]["events"])
    assert [one["body"].get("consent") for one in found["asked"]] == [consent]
    assert view.get("consent") == consent


def test_a_page_that_waits_for_consent_asks_and_tells_nothing_before() -> None:
    views = [{"data-adloom-view": "tee", "data-user": "alice"}]
    waiting = run([FRONT], views=views, consent="wait")
    assert waiting["asked"] == waiting["told"] == []
    given = run([FRONT], views=views, consent="wait", calls=[{"profile": True}])
    assert [one["body"]["consent"] for one in given["asked"]] == [{"profile": True}]


def test_consent_that_changes_brings_other_ads_and_the_same_views() -> None:
    views = [{"data-adloom-view": "tee", "data-user": "alice"}]
    found = run([FRONT], views=views, consent="none", calls=[{"profile": True, "personalise": True}])
    assert [one["body"]["consent"]["personalise"] for one in found["asked"]] == [False, True]
    assert [len(shown) for shown in found["shown"]] == [1]
    ids = {event["event_id"] for one in found["told"] for event in one["body"]["events"]}
    assert (len(found["told"]), len(ids)) == (2, 1)


@pytest.mark.parametrize(("lang", "locale"), [("de-AT", "de-AT"), ("", ""), ("<b>", "")])
def test_the_pages_language_goes_with_the_request(lang: str, locale: str) -> None:
    assert run([FRONT], lang=lang)["asked"][0]["body"]["context"]["locale"] == locale


def test_a_picture_that_does_not_come_leaves_nothing_and_was_not_seen() -> None:
    found = run([FRONT], [(0, 1.0), (5000, None)], refused="/a/0.png")
    assert (found["shown"], found["told"]) == ([[]], [])


def test_what_a_page_adds_later_is_filled_and_reported_once_under_its_new_path() -> None:
    views = [{"data-adloom-view": "tee", "data-user": "alice"}]
    later = {"places": [SIDE], "views": [{"data-adloom-view": "hat", "data-user": "alice"}]}
    found = run([FRONT], views=views, later=later)
    places = [[place["placement_id"] for place in one["body"]["placements"]] for one in found["asked"]]
    told = [event for one in found["told"] for event in one["body"]["events"]]
    assert places == [["front"], ["side"]]
    assert [(event["view"]["product_id"], event["view"]["page"]) for event in told] == [
        ("tee", "/p/tee"),
        ("hat", "/p/hat"),
    ]
    assert len({event["event_id"] for event in told}) == 2


def test_a_place_that_the_page_hides_is_asked_for_when_it_is_shown() -> None:
    hidden = {**SIDE, "hidden": ""}
    before, after = (run([FRONT, hidden], unhidden=shown)["asked"] for shown in (False, True))
    assert [[place["placement_id"] for place in one["body"]["placements"]] for one in before] == [["front"]]
    assert [[place["placement_id"] for place in one["body"]["placements"]] for one in after] == [["front"], ["side"]]


@pytest.mark.parametrize(("width", "format_"), [(1080, "728x90"), (728, "728x90"), (358, "320x50"), (100, "320x50")])
def test_a_place_takes_the_first_of_its_formats_that_fits_or_the_last(width: int, format_: str) -> None:
    (asked,) = run([{**FRONT, "data-format": "728x90 320x50"}], width=width)["asked"]
    assert asked["body"]["placements"][0]["format"] == format_
