"""Tokens as `GET /c/TOKEN` at the real web server: where each is led, and which clicks it publishes."""

from __future__ import annotations

import hashlib
import http.client
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from protos.gen.adloom.events.v1.events_pb2 import Click
from services.catalogue.catalogue import demo_catalogue
from services.common.topics import CLICKS
from services.tools.drills.drill import Promise, Setting
from services.tools.drills.tokens.bad_tokens import EXPIRED, FORGED, Bad, Genuine, bad_tokens
from services.tools.drills.tokens.click_results import ClickResults
from services.tools.drills.tokens.stage import WEB_HOME, WEB_LINK, Stage, settled
from services.web.settings import PRODUCT
from services.web.tracking.token_events import SOURCE
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.reader import read_to_end

_ANSWER_S: Final = 30.0
_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/150.0"
_ELSEWHERE: Final = "evil.example"
_HEADERS: Final = (
    {"user-agent": _AGENT},
    {"user-agent": _AGENT, "host": _ELSEWHERE, "x-forwarded-host": _ELSEWHERE, "referer": f"https://{_ELSEWHERE}/"},
)
_LED: Final = 302
_NOWHERE: Final = 404


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is sent."""

    bad: int
    shoppers: int


LONG: Final = Sizes(bad=5_000, shoppers=60)
SHORT: Final = Sizes(bad=300, shoppers=8)


@dataclass(frozen=True, slots=True)
class Led:
    """What the server answered to a token."""

    status: int
    where: str  # empty: nowhere

    @property
    def home_or_nowhere(self) -> bool:
        """Whether it leads to no product, and to nobody else's page."""
        return (self.status, self.where) in ((_LED, WEB_HOME), (_NOWHERE, ""))


def web_clicks(setting: Setting, there: Stage) -> tuple[tuple[str, ...], tuple[Promise, ...]]:
    """Follows links with bad tokens once, and those of new shoppers twice each, between all the others."""
    sizes = SHORT if setting.short else LONG
    shown = there.genuine(there.ad_server("web", 50.0).many(sizes.shoppers))
    made = (one for one in bad_tokens(shown, there.keys(), there.now_ms(), setting.seed) if one.reason in _REFUSED)
    bad = [next(made) for _ in range(sizes.bad)]
    first = [(one, _followed(there, one.text, 0)) for one in shown]
    refused = [(one, _followed(there, one.text, turn)) for turn, one in enumerate(bad)]
    again = [(one, _followed(there, one.text, 1)) for one in shown]
    strange = [_asked(there, target, 1) for target in _strange_targets(shown[0].text)]
    setting.report(f"{len(bad):,} bad tokens and {len(shown)} valid ones followed over HTTP")
    after = settled(there, {one.token.impression_id for one in shown}, set())
    published = [raw for raw in read_to_end(there.stack.kafka, CLICKS) if _source(raw) == SOURCE]
    everything = [*(led for _, led in (*first, *refused, *again)), *strange]
    return (
        (f"{len(bad):,} bad tokens as GET /c/TOKEN, {len(shown)} valid ones twice each, {len(strange)} strange paths",),
        (
            _led_home(refused),
            _published(published, shown),
            _once(after, shown, [*first, *again]),
            _no_host_of_others(everything),
        ),
    )


_REFUSED: Final = (FORGED, EXPIRED)
"""Others are genuine tokens, and whoever follows one clicks as the shopper whom it names."""


def _followed(there: Stage, text: str, turn: int) -> Led:
    return _asked(there, f"/c/{quote(text, safe='')}", turn)


def _asked(there: Stage, target: str, turn: int) -> Led:
    """One request on a connection of its own, as a click is."""
    connection = http.client.HTTPConnection(there.stack.web, timeout=_ANSWER_S)
    try:
        connection.putrequest("GET", target, skip_host=turn % 2 == 1)
        for name, value in _HEADERS[turn % 2].items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        return Led(answer.status, answer.headers.get("location", ""))
    finally:
        connection.close()


def _strange_targets(text: str) -> Iterator[str]:
    """Paths that have led servers to other hosts, also behind a valid token."""
    yield from (f"/c/{text}//{_ELSEWHERE}", f"/c/{text}/", f"//{_ELSEWHERE}/c/{text}", f"/c/{text}%0d%0alocation:%20x")
    yield from (f"/c/https://{_ELSEWHERE}", f"/c/%2f%2f{_ELSEWHERE}", "/c/", "/c//", "/c/..", "/c/%00", "/c/%ff%fe")
    yield from (f"/c/x?to=https://{_ELSEWHERE}", f"/c/x?url=//{_ELSEWHERE}&location=//{_ELSEWHERE}", f"//{_ELSEWHERE}")


def _led_home(refused: Sequence[tuple[Bad, Led]]) -> Promise:
    wrong = [f"; {one.kind} {one.text[:40]!r} got {led}" for one, led in refused if not led.home_or_nowhere]
    kinds = Counter(one.reason for one, _ in refused)
    return Promise(
        "over HTTP a token that is forged or too old leads to the shop's home or nowhere",
        f"{kinds[FORGED]:,} forged and {kinds[EXPIRED]:,} too old, {len(wrong)} led elsewhere{''.join(wrong[:1])}",
        not wrong and bool(kinds[FORGED] and kinds[EXPIRED]),
    )


def _published(published: Sequence[RawRecord], shown: Sequence[Genuine]) -> Promise:
    """Of one token there is one event id, however often it came; its user is the one that the token names."""
    found = {(_event_id(raw), *_said(raw)) for raw in published}
    wanted = {(_id_of(one.text), one.user_id, one.text) for one in shown}
    return Promise(
        "bad tokens publish nothing there, and a valid one the click of the shopper whom it names, under one id",
        f"{len(published)} messages: {len(found & wanted)} of {len(wanted)} clicks, {len(found - wanted)} others",
        found == wanted,
    )


def _once(after: ClickResults, shown: Sequence[Genuine], followed: Sequence[tuple[Genuine, Led]]) -> Promise:
    once = sum(after.clicked[one.token.impression_id] == 1 for one in shown)
    astray = [led for one, led in followed if led != Led(_LED, WEB_LINK.replace(PRODUCT, one.token.product_id))]
    return Promise(
        "a valid token that is followed twice leads to its product both times and counts once",
        f"{once} of {len(shown)} impressions CLICKED once; {len(astray)} of {len(followed)} led elsewhere",
        once == len(shown) > 0 and not astray,
    )


def _no_host_of_others(everything: Sequence[Led]) -> Promise:
    pages = {WEB_HOME, *(WEB_LINK.replace(PRODUCT, product.product_id) for product in demo_catalogue().products)}
    leads = [led.where for led in everything if led.where]
    wrong = [where for where in leads if where not in pages]
    broken = sum(led.status >= 500 for led in everything)
    return Promise(
        "no answer there leads to an address that is not the setting's or the catalogue's, whatever is asked",
        f"{len(leads):,} of {len(everything):,} lead somewhere, {len(wrong)} to others {wrong[:1]}; {broken} broke",
        not wrong and not broken,
    )


def _source(raw: RawRecord) -> str:
    return (dict(raw.headers).get("ce_source") or b"").decode()


def _event_id(raw: RawRecord) -> str:
    return (dict(raw.headers).get("ce_id") or b"").decode()


def _said(raw: RawRecord) -> tuple[str, str]:
    click = decode(raw).message
    assert isinstance(click, Click)
    return click.user_id, click.impression_token


def _id_of(text: str) -> str:
    """The id that a link's clicks must have: made here from the token alone, not by the product's function."""
    return f"click-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
