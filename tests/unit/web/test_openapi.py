"""The description holds what the routes take and give."""

from __future__ import annotations

import json
import re
from typing import Any

from services.web.app import routes
from tests.unit.web.web_under_test import URL, WebUnderTest


def references(found: Any) -> set[str]:
    return set(re.findall(r"#/components/schemas/([\w.]+)", json.dumps(found)))


def test_every_schema_that_is_named_is_there(web: WebUnderTest) -> None:
    found = web.client().get("/openapi.json").json()
    assert references(found) == set(found["components"]["schemas"])
    assert found["servers"] == [{"url": URL}]


def test_every_path_is_a_route_and_every_route_of_the_contract_is_told(web: WebUnderTest) -> None:
    found = web.client().get("/openapi.json").json()
    there = {(route.path, method) for route in routes(web.parts, web.settings) for method in route.methods or ()}
    told = {(path, method.upper()) for path, methods in found["paths"].items() for method in methods}
    contract = {(path, method) for path, method in there if path.startswith(("/v1/", "/a/", "/c/", "/r/"))}
    assert told == {(path, method) for path, method in contract if method != "HEAD"}
    names = [call["operationId"] for methods in found["paths"].values() for call in methods.values()]
    assert len(set(names)) == len(told), "generated clients name their calls so"


def test_a_selection_is_described_by_its_proto(web: WebUnderTest) -> None:
    schemas = web.client().get("/openapi.json").json()["components"]["schemas"]
    selection = schemas["adloom.creative.v1.Selection"]["properties"]
    assert selection["click_url"] == {"type": "string"}
    assert selection["policy_version"] == {"type": ["string", "integer"], "format": "int64"}
    assert selection["degraded"] == {"type": "array", "items": {"type": "string"}}
    assert schemas["adloom.creative.v1.Context"]["properties"]["time"] == {"type": "string", "format": "date-time"}
