"""Rotates token keys during decisions and clicks."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from services.common.secrets import rotate_token_keys
from services.sdk.producer import EventsClient
from services.tools.drills.drill import Promise, Setting
from services.tools.drills.tokens.ad_server import DrillAdServer, Shown, click, key_of
from services.tools.drills.tokens.click_results import ClickResults
from services.tools.drills.tokens.stage import Stage, settled

MOST_S: Final = 90.0  # until the new key has signed for long enough
HELD_BACK: Final = 3  # every third shopper clicks only after the new key signs


@dataclass(frozen=True, slots=True)
class Plan:
    """The load during the rotation, and how long it takes."""

    per_s: float  # decisions
    before_s: float  # from the rotation until the new key signs
    after_s: float  # from the first token of the new key on


LONG: Final = Plan(per_s=60.0, before_s=10.0, after_s=10.0)
SHORT: Final = Plan(per_s=20.0, before_s=3.0, after_s=2.0)


class _Flow:
    """Lets shoppers click, at once or later, and notices the first token of the new key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.late: list[Shown] = []
        self.count = 0
        self.new_since = 0.0  # when the first token of the new key was seen

    def saw(self, seen: Shown, shop: EventsClient, new: str) -> None:
        """Takes a decision: the shopper clicks at once, or is held back."""
        with self._lock:
            self.count += 1
            if key_of(seen.token) == new and not self.new_since:
                self.new_since = time.monotonic()
            waits = self.count % HELD_BACK == 0 and not self.new_since
            if waits:
                self.late.append(seen)
        if not waits:
            click(shop, seen)


def rotation(setting: Setting, there: Stage) -> tuple[tuple[str, ...], tuple[Promise, ...]]:
    """Rotates keys under load; every decision must be answered and every click must count."""
    plan = SHORT if setting.short else LONG
    old = there.keys().signing
    ad_server, flow = there.ad_server("rotated", plan.per_s), _Flow()
    before = settled(there, set(), set()).reasons.keys()
    now_ms, began = there.now_ms(), time.monotonic()
    new = rotate_token_keys(there.stack.state_dir.secrets, now_ms + round(plan.before_s * 1000), now_ms).next

    def enough() -> bool:
        on_new = time.monotonic() - flow.new_since if flow.new_since else 0.0
        return on_new > plan.after_s or time.monotonic() - began > MOST_S

    with there.shop() as shop:
        ad_server.until(enough, lambda seen: flow.saw(seen, shop, new))
        for seen in flow.late:
            click(shop, seen)
        tally = shop.flush(60.0)
    seconds = time.monotonic() - began
    setting.report(f"{len(ad_server.shown)} decisions while key {new} took over from {old}")
    after = settled(there, {seen.impression_id for seen in ad_server.shown}, set())
    forged = sum(reason == "forged" for name, reason in after.reasons.items() if name not in before)
    return (
        (
            f"`adloom rotate-keys` under load: {ad_server.requested} decisions in {seconds:.0f} s and as many clicks, "
            f"{len(flow.late)} with old tokens after the new key signs",
        ),
        (_answered(there, ad_server), _signed(ad_server, old, new), _clicked(ad_server, after, forged, tally.failed)),
    )


def _answered(there: Stage, ad_server: DrillAdServer) -> Promise:
    restarts = {name: process["restarts"] for name, process in there.stack.status()["processes"].items()}
    return Promise(
        "no decision is left unanswered while keys rotate, and no process restarts",
        f"{len(ad_server.unanswered)} of {ad_server.requested} unanswered; restarts {restarts}",
        not ad_server.unanswered and not any(restarts.values()),
    )


def _signed(ad_server: DrillAdServer, old: str, new: str) -> Promise:
    signed = Counter(key_of(seen.token) for seen in ad_server.shown)
    return Promise(
        "the new key signs once every process knows it",
        f"{signed[old]} tokens by key {old}, then {signed[new]} by key {new}",
        signed[old] > 0 and signed[new] > 0 and not signed.keys() - {old, new},
    )


def _clicked(ad_server: DrillAdServer, after: ClickResults, forged: int, failed: int) -> Promise:
    clicked = sum(after.clicked[seen.impression_id] == 1 for seen in ad_server.shown)
    return Promise(
        "each click settles CLICKED, with an old token or a new one",
        f"{clicked} of {len(ad_server.shown)}; {forged} refused as forged, {failed} not sent",
        clicked == len(ad_server.shown) and not forged,
    )
