"""The fuzzing target HTTP routes: any method, path, query, body and headers, at every route of the process `web`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from services.catalogue.catalogue import demo_catalogue
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.target import NotAllowed, Shape, Target
from services.tools.drills.fuzzing.target_token import USER, signed
from services.tools.drills.fuzzing.web_under_test import HOME, LINK, SECRET, URL, Answered, Asked, WebUnderTest
from services.web.api.events_route import LARGEST_BYTES
from services.web.refused import STATUS
from services.web.settings import PRODUCT

_STATES: Final = (b"", b"left", b"down")
_METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
_ERROR: Final = {"code", "field", "message"}
_CODES: Final = frozenset(STATUS)
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(rb"[^\0\r\n]*")
_LARGEST_HEADERS: Final = 64 * 1024  # h11 takes no more, the request's first line included
_METHOD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}", re.ASCII)  # as h11 takes it
_ORIGIN: Final = (b"origin", b"https://shop.example")


def web_target(folder: Path) -> Target:
    """All routes. A case is a state of what surrounds the app, method, path, query, body, and headers in pairs."""
    web = WebUnderTest(folder)
    pages = frozenset(LINK.replace(PRODUCT, product.product_id) for product in demo_catalogue().products)

    def enter(case: Case) -> str:
        asked = _asked(case)
        answer = web.ask(asked)
        check_answer(asked, answer, pages)
        if answer.body == web.picture and web.sha256 not in asked.path.decode("latin-1"):
            raise NotAllowed("a picture that was not asked for")
        method = asked.method if asked.method in _METHODS else "other"
        where = " home" if answer.header(b"location") == HOME.encode() else ""
        return f"{method} {answer.status}{where} {_told(answer)}, {answer.published} published"

    shapes = (Shape.KEPT, Shape.TEXT, Shape.TEXT, Shape.TEXT, Shape.JSON, Shape.TEXT)
    return Target(
        "HTTP routes", enter, _seeds(web.sha256), shapes, _dictionary(web), LARGEST_BYTES + 1, close=web.close
    )


def check_answer(asked: Asked, answer: Answered, pages: frozenset[str]) -> None:
    """Raises `NotAllowed` where an answer is a fault of ours, names a file's content, or leads out of the catalogue."""
    permitted = {499: asked.left, 503: asked.down}
    if answer.status >= 499 and not permitted.get(answer.status):
        raise NotAllowed(f"{answer.status}: {answer.body[:200]!r}")
    for name, value in answer.headers:
        if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
            raise NotAllowed(f"a header that is two: {name!r}: {value!r}")
    if SECRET in answer.body:
        raise NotAllowed("a file that is no picture was read")
    _check_led(answer, pages)
    if answer.status >= 400 and asked.method != "HEAD":
        _told(answer)


def _check_led(answer: Answered, pages: frozenset[str]) -> None:
    where = answer.header(b"location").decode("latin-1")
    if 300 <= answer.status < 400 and answer.status not in (302, 304):
        raise NotAllowed(f"{answer.status} to {where!r}")
    if where and (answer.status != 302 or where not in pages | {HOME}):
        raise NotAllowed(f"{answer.status} leads to {where!r}")


def _told(answer: Answered) -> str:
    """Code and field of an error, which must have the form of the house."""
    if answer.status < 400 or not answer.body:
        if answer.status >= 400 and answer.header(b"content-length") == b"0":
            raise NotAllowed(f"{answer.status} that says nothing")
        return ""
    try:
        error = json.loads(answer.body)["error"]
    except (ValueError, TypeError, KeyError) as other:
        raise NotAllowed(f"{answer.status} in another form: {answer.body[:200]!r}") from other
    if set(error) != _ERROR or error["code"] not in _CODES or not error["message"]:
        raise NotAllowed(f"{answer.status} in another form: {error}")
    return f"{error['code']} {error['field'][:20]}"


def _asked(case: Case) -> Asked:
    """The request in a case, cut to what the server in front of the app lets through."""
    state, method, path, query, body, *rest = (*case, *([b""] * (5 - len(case))))
    named = method.decode("latin-1")
    headers, room = [], _LARGEST_HEADERS
    for name, value in zip(rest[::2], rest[1::2], strict=False):
        room -= len(name) + len(value)
        if _NAME.fullmatch(name) and _VALUE.fullmatch(value) and room > 0:
            headers.append((name, value.strip()))
    path, query = path[:_LARGEST_HEADERS], query[:_LARGEST_HEADERS]
    return Asked(
        named if _METHOD.fullmatch(named) else "GET",
        path if path.startswith(b"/") else b"/" + path,
        query, body, headers, state == b"left", state == b"down",
    )  # fmt: skip


def _seeds(sha256: str) -> list[Case]:
    """Valid requests of every route, with the headers that each looks at."""
    token = signed().encode()
    agent, picture = (b"user-agent", b"Mozilla/5.0 Firefox/150.0"), f"/a/{sha256}.png".encode()
    seeds = [
        _case(b"GET", picture, b"", b"", (b"range", b"bytes=0-3"), (b"if-range", f'"{sha256}"'.encode())),
        _case(b"GET", picture, b"", b"", (b"range", b"bytes=999999999-")),
        _case(b"HEAD", picture, b"", b"", (b"if-none-match", f'W/"{sha256}", "x"'.encode())),
        _case(b"GET", b"/a/../secret.json", b"", b""),
        _case(b"GET", b"/a/" + b"0" * 64 + b".png", b"", b""),
        _case(b"GET", b"/c/" + token, b"", b"", agent, (b"sec-purpose", b"prefetch")),
        _case(b"GET", b"/c/" + token, b"to=https://evil.example", b"", agent, (b"host", b"evil.example")),
        _case(b"GET", b"/c/" + token[:-2], b"", b"", agent, (b"x-forwarded-host", b"evil.example")),
        _case(b"GET", b"/r/" + token, b"viewable_ms=1000", b"", agent),
        _case(b"POST", b"/r/" + token, b"", b'{"viewable_ms":1000}', agent, (b"content-length", b"20")),
        _case(b"GET", b"/demo", b"product=tee-breton&user=alice", b""),
        _case(b"GET", b"/demo/tee-breton.webp", b"", b""),
        _case(b"GET", b"/openapi.json", b"", b"", (b"x-adloom-key", b"k")),
        _case(b"GET", b"/adloom.js", b"", b""),
        _case(b"OPTIONS", b"/v1/select", b"", b"", _ORIGIN, (b"access-control-request-method", b"POST")),
    ]
    for path, body in ((b"/v1/select", _SELECT), (b"/v1/events", _EVENTS)):
        sent = (b"POST", path, b"", body, (b"content-type", b"text/plain"))
        seeds += [_case(*sent, state=state) for state in _STATES]
        seeds.append(_case(*sent, (b"origin", URL.encode()), (b"host", b"ads.shop.example")))
    return seeds


def _case(
    method: bytes, path: bytes, query: bytes, body: bytes, *headers: tuple[bytes, bytes], state: bytes = b""
) -> Case:
    return (state, method, path, query, body, *(part for pair in headers for part in pair))


_SELECT: Final = json.dumps(
    {
        "request_id": "r-1", "user_id": "alice", "product_ids": ["tee-breton"],
        "placements": [
            {"placement_id": "front", "format": "300x250", "count": 2, "markup": True},
            {"placement_id": "side", "format": "160x600"},
        ],
        "context": {"locale": "en-GB", "page": "/tee", "query": "striped", "time": "2026-03-01T12:00:00Z"},
    }
).encode()  # fmt: skip
_EVENTS: Final = json.dumps(
    {
        "events": [
            {"event_id": "e-1", "view": {"user_id": "alice", "product_id": "tee-breton", "dwell_ms": 9}},
            {"click": {"user_id": "bob", "product_id": "tee-breton", "impression_token": signed()}},
        ]
    }
).encode()


_WORDS: Final = (
    *_METHODS, "PUT", "CONNECT", "/v1/select", "/v1/events", "/a/", "/c/", "/r/", "/demo", "/demo/", "//evil.example",
    "https://evil.example", "..", "%2e%2e/", "%2f", "%00", "%0d%0aset-cookie: a", "secret.json", "pictures/",
    "0" * 64 + ".png", "bytes=-0", "bytes=9-1", "bytes=0-0,2-3", "content-length", "-1", "9" * 30, "transfer-encoding",
    "origin", "null", URL, "range", "if-none-match", "*", "user-agent", "Googlebot", "purpose", "prefetch", "host",
    "viewable_ms=", "86400001", "product=", "user=", "access-control-request-method", "x-adloom-key", "placements",
    "events", "markup", USER,
)  # fmt: skip


def _dictionary(web: WebUnderTest) -> list[bytes]:
    return [word.encode() for word in (*_WORDS, f"{web.sha256}.png", signed())]
