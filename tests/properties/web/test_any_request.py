"""Whatever is sent, `web` answers in its own form, and nothing of it is a fault of ours."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.web.web_under_test import Client, WebUnderTest

PATHS = st.sampled_from(["/v1/select", "/v1/events", "/c/{}", "/r/{}", "/a/{}", "/demo", "/demo/{}", "/{}"])
METHODS = st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"])
NAMES = st.sampled_from(["user_id", "placements", "events", "view", "click", "placement_id", "format", "count", "time"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["300x250", "front"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
BODIES = st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode())
HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "content-length", "origin", "range", "if-none-match", "purpose", "x-adloom-key"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    max_size=3,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with ThreadPoolExecutor(1) as threads:
        yield WebUnderTest(tmp_path_factory.mktemp("web"), threads).client(web_rate_per_s=0.0)


REQUESTS = st.tuples(METHODS, st.builds(str.format, PATHS, st.text(max_size=20)), BODIES, HEADERS)


@given(asked=REQUESTS)
def test_every_answer_has_the_form_of_web(client: Client, asked: tuple[str, str, bytes, dict[str, str]]) -> None:
    answer = client.ask_app(*asked)
    assert answer.status_code < 500
    assert answer.status_code not in (301, 307, 308)  # nobody is sent on but by a token
    if answer.status_code >= 400 and asked[0] != "HEAD":
        error = answer.json()["error"]
        assert set(error) == {"code", "field", "message"}
        assert error["code"].isupper()
