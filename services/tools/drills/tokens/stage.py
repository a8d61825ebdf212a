"""The stage of the drill: real Kafka, the real worker, the real creative service and the real web server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence, Set
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from protos.gen.adloom.events.v1.events_pb2 import Click
from services.common.clock import SystemClock, from_ms, to_ms
from services.common.secrets import load_pseudonym_key, load_token_keys
from services.common.token import LIFETIME, Token, TokenKeys
from services.outcomes.processor import OutcomesProcessor
from services.outcomes.token_rules import judge
from services.sdk.producer import EventsClient, connect
from services.tools.drills.drill import Setting
from services.tools.drills.own_worker import OwnWorker, ended_after
from services.tools.drills.tokens.ad_server import DrillAdServer, Shown, click
from services.tools.drills.tokens.bad_tokens import Bad, Genuine
from services.tools.drills.tokens.click_results import ClickResults, click_results, counted
from services.tools.drills.waiting import Still, seen_when, until
from services.tools.stack.addresses import LOOPBACK
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from services.wire.codec.deadletter import read_origin
from services.wire.codec.decode import decode
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord

SOURCE: Final = "drill"
WINDOW_S: Final = 600  # longer than the drill: a click that a busy machine delays still counts
SETTLED_WITHIN_S: Final = 120.0
STILL_S: Final = 30.0  # after so long without a new result, missing ones are not waited for any longer
WEB_HOME: Final = "https://shop.example/home"
WEB_LINK: Final = "https://shop.example/p/{product_id}"
_WEB: Final = {"ADLOOM_WEB_HOME": WEB_HOME, "ADLOOM_WEB_LINK": WEB_LINK, "ADLOOM_WEB_RATE_PER_S": "0"}
_NOWHERE: Final = f"{LOOPBACK}:1"


@dataclass(slots=True)
class Stage:
    """The running parts."""

    stack: RunningStack
    creative: str  # address

    def ad_server(self, name: str, per_s: float) -> DrillAdServer:
        """An ad server that calls the creative service."""
        return DrillAdServer(self.creative, name, per_s)

    def shop(self) -> AbstractContextManager[EventsClient]:
        """A shop with the keys of this deployment."""
        return connect(self.stack.kafka, self.stack.state_dir.secrets, SOURCE)

    def keys(self) -> TokenKeys:
        """The token keys as they are now."""
        return load_token_keys(self.stack.state_dir.secrets)

    def now_ms(self) -> int:
        """The time by the machine's clock, which is the broker's, too."""
        return to_ms(SystemClock().now())

    def counts(self) -> dict[str, int]:
        """The worker's counts by reason and fate; raises `Unavailable` while it is down."""
        return counted(self.stack.state_dir, "outcomes")

    def genuine(self, shown: Sequence[Shown]) -> list[Genuine]:
        """The decoded tokens of the shown ads."""
        key, keys, moment = load_pseudonym_key(self.stack.state_dir.secrets), self.keys(), SystemClock().now()
        return [Genuine(s.token, key.pseudonym(s.user), keys.verify(s.token, moment)) for s in shown]

    def send(self, shop: EventsClient, bad: Bad) -> str:
        """Sends a click with the bad token; returns the event's id."""
        event_id = f"bad-{uuid.uuid4().hex}"
        payload = Click(user_id=bad.user_id, product_id="tee-breton", impression_token=bad.text)
        moment = SystemClock().now()
        shop.send(encode(payload, event_id=event_id, source=SOURCE, time=moment, key=bad.user_id.encode()))
        return event_id


@contextmanager
def staged(setting: Setting) -> Iterator[Stage]:
    """Starts all parts, in the short form without Triton and Redis: the fallback ladder's answers have tokens, too."""
    environ = {**setting.environ, "ADLOOM_ATTRIBUTION_WINDOW_S": str(WINDOW_S), **_WEB}
    state_dir = StateDir(setting.folder / "state").make()
    if not setting.short:
        with tied_stack(state_dir, environ, only=("outcomes", "creative", "web")) as stack:
            yield Stage(stack, stack.creative)
        return
    with tied_stack(state_dir, environ, only=("outcomes", "studio", "web")) as stack:
        alone = {"ADLOOM_TRITON": _NOWHERE, "ADLOOM_REDIS": _NOWHERE}
        own = OwnWorker("creative", "creative-0", setting.folder / "creative", {**environ, **stack.environ(), **alone})
        with ended_after([own]):
            own.start()
            until("the creative service is ready", own.ready)
            yield Stage(stack, stack.creative)


def clicks_of(shown: Sequence[Shown], shop: EventsClient, event_ids: Sequence[str] = ()) -> list[str]:
    """Publishes a click on each shown ad, under the given event ids or new ones; returns the ids."""
    ids = event_ids or [uuid.uuid4().hex for _ in shown]
    return [click(shop, seen, name) for seen, name in zip(shown, ids, strict=True)]


def settled(there: Stage, impressions: Set[str], event_ids: Set[str]) -> ClickResults:
    """The results once all of these have one, or those there are when the time is over; raises `Unavailable`."""

    def all_there(seen: ClickResults) -> bool:
        return seen.clicked.keys() >= impressions and seen.reasons.keys() >= event_ids

    def come(seen: ClickResults) -> tuple[int, int]:
        return seen.clicked.total(), len(seen.reasons)

    look = partial(click_results, there.stack.kafka)
    return seen_when(all_there, look, SETTLED_WITHIN_S, still=Still(come, STILL_S))


def verdict(there: Stage, text: str, user_id: str) -> str:
    """The verdict of the product's token rules: the reason of a refusal, or "accepted"."""
    return judge(text, user_id, SystemClock().now(), there.keys()).refused or "accepted"


def without_impression(there: Stage) -> tuple[list[str], list[str]]:
    """Reasons of the dead letters of a click whose impression never comes: within a day, and after it."""
    user, at_ms = "u1-" + "d" * 32, there.now_ms()
    token = Token("i-never", user, "c", "p", 0.5, "front", 0, at_ms)
    payload = Click(user_id=user, product_id="tee-breton", impression_token=there.keys().sign(token))
    record = encode(payload, event_id="never", source=SOURCE, time=from_ms(at_ms), key=user.encode())
    event = decode(RawRecord(record.topic, 0, 0, at_ms, record.key, record.value, record.headers))
    processor = OutcomesProcessor(there.keys, WINDOW_S * 1000)
    processor.restore(0, [])
    day_ms = LIFETIME // timedelta(milliseconds=1)
    first = processor.advance(user, 0, None, [event], at_ms)
    early = processor.advance(user, 0, first.state, [], at_ms + day_ms - 60_000)
    late = processor.advance(user, 0, early.state, [], at_ms + day_ms + 60_000)
    return [*_reasons(first.records), *_reasons(early.records)], _reasons(late.records)


def _reasons(records: Sequence[object]) -> list[str]:
    from services.wire.codec.envelope import Record

    raws = [RawRecord(r.topic, 0, 0, 0, r.key, r.value, r.headers) for r in records if isinstance(r, Record)]
    return [read_origin(raw).reason for raw in raws]
