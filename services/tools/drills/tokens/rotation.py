"""Token keys are exchanged while decisions and clicks flow."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from services.common.secrets import rotate_token_keys
from services.sdk.producer import EventsClient
from services.tools.drills.drill import Promise, Setting
from services.tools.drills.tokens.aftermath import Aftermath
from services.tools.drills.tokens.asking import Asking, Shown, click, key_of
from services.tools.drills.tokens.running import Scene, settled

MOST_S: Final = 90.0  # until the new key has signed for long enough
HELD_BACK: Final = 3  # every third shopper clicks when the new key signs already


@dataclass(frozen=True, slots=True)
class Plan:
    """How much flows while keys rotate, and how long."""

    per_s: float  # decisions
    before_s: float  # from the rotation until the new key signs
    after_s: float  # from its first token on


LONG: Final = Plan(per_s=60.0, before_s=10.0, after_s=10.0)
SHORT: Final = Plan(per_s=20.0, before_s=3.0, after_s=2.0)


class _Flow:
    """What is under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.late: list[Shown] = []
        self.count = 0
        self.new_since = 0.0  # when the first token of the new key was seen

    def saw(self, seen: Shown, shop: EventsClient, new: str) -> None:
        """The shopper clicks at once, or is one of those who do it later."""
        with self._lock:
            self.count += 1
            if key_of(seen.token) == new and not self.new_since:
                self.new_since = time.monotonic()
            waits = self.count % HELD_BACK == 0 and not self.new_since
            if waits:
                self.late.append(seen)
        if not waits:
            click(shop, seen)


def rotation(setting: Setting, there: Scene) -> tuple[tuple[str, ...], tuple[Promise, ...]]:
    """Rotates in the middle; every decision and every click must come through."""
    plan = SHORT if setting.short else LONG
    old = there.keys().signing
    asking, flow = there.asking("rotated", plan.per_s), _Flow()
    before = settled(there, set(), set()).reasons.keys()
    now_ms, began = there.now_ms(), time.monotonic()
    new = rotate_token_keys(there.stack.state_dir.secrets, now_ms + round(plan.before_s * 1000), now_ms).next

    def enough() -> bool:
        on_new = time.monotonic() - flow.new_since if flow.new_since else 0.0
        return on_new > plan.after_s or time.monotonic() - began > MOST_S

    with there.shop() as shop:
        asking.until(enough, lambda seen: flow.saw(seen, shop, new))
        for seen in flow.late:
            click(shop, seen)
        tally = shop.flush(60.0)
    seconds = time.monotonic() - began
    setting.say(f"{len(asking.shown)} decisions while key {new} took over from {old}")
    after = settled(there, {seen.impression_id for seen in asking.shown}, set())
    forged = sum(reason == "forged" for name, reason in after.reasons.items() if name not in before)
    return (
        (
            f"`adloom rotate-keys` under load: {asking.asked} decisions in {seconds:.0f} s and as many clicks, "
            f"{len(flow.late)} with old tokens after the new key signs",
        ),
        (_answered(there, asking), _signed(asking, old, new), _clicked(asking, after, forged, tally.failed)),
    )


def _answered(there: Scene, asking: Asking) -> Promise:
    restarts = {name: process["restarts"] for name, process in there.stack.status()["processes"].items()}
    return Promise(
        "no decision is left unanswered while keys rotate, and no process restarts",
        f"{len(asking.unanswered)} of {asking.asked} unanswered; restarts {restarts}",
        not asking.unanswered and not any(restarts.values()),
    )


def _signed(asking: Asking, old: str, new: str) -> Promise:
    signed = Counter(key_of(seen.token) for seen in asking.shown)
    return Promise(
        "the new key signs once everybody knows it",
        f"{signed[old]} tokens by key {old}, then {signed[new]} by key {new}",
        signed[old] > 0 and signed[new] > 0 and not signed.keys() - {old, new},
    )


def _clicked(asking: Asking, after: Aftermath, forged: int, failed: int) -> Promise:
    clicked = sum(after.clicked[seen.impression_id] == 1 for seen in asking.shown)
    return Promise(
        "each click settles CLICKED, with an old token or a new one",
        f"{clicked} of {len(asking.shown)}; {forged} refused as forged, {failed} not sent",
        clicked == len(asking.shown) and not forged,
    )
