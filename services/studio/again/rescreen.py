"""Screens again what another version of the screen has judged, beside the making of ads and within its budget.

It is served meanwhile, except for what the shop itself has just forbidden: words alone tell that, at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from services.assets.creative import Creative, Draft
from services.common.clock import Clock, to_ms
from services.common.errors import Unavailable
from services.runtime.children import PART as CHILD
from services.studio.again.judge_again import judged_again
from services.studio.again.library import Library, is_shown
from services.studio.again.recheck import Recheck, Rechecked
from services.studio.again.turns import Turn, Turns
from services.studio.budget import Hour

_LOG = logging.getLogger(__name__)
AGAIN: Final = "screen_again"
"""What an ad waits for that is to be screened again."""

_BESIDE: Final = 1
"""Products of which ads are screened again while others wait for new ones."""

_LOOK_S: Final = 1.0  # between two looks at what is outdated: it is a list as long as the library


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """Ads that are with a maker."""

    turn: Turn
    future: Future[Rechecked]
    version: str  # of the screen when they were handed out
    began_s: float


class Rescreening:
    """Belongs to the thread of the studio."""

    def __init__(
        self, library: Library, submit: Callable[[Recheck], Future[Rechecked]], hour: Hour, clock: Clock, at_once: int
    ) -> None:
        self._library, self._submit, self._hour, self._clock = library, submit, hour, clock
        self._at_once = at_once
        self._version = ""
        self._turns = Turns()
        self._under_way: list[_UnderWay] = []
        self._found: dict[str, Draft] = {}  # by creative; not published yet
        self._moved: set[str] = set()  # products that have more or fewer ads for it
        self._look_at_s = 0.0

    def begin(self, version: str) -> None:
        """The screen is another one from now on; ads that it has not judged are looked at in turn."""
        self._version = version
        self._library.judged.begin(version)
        self._turns.begin()
        self._look()
        if waiting := self.waiting():
            _LOG.info("%s: %d ads are screened again", version, waiting)

    def waiting(self) -> int:
        """How many ads wait, without those that are not shown now."""
        return sum(len(turn.ids) for turn in (*self._turns, *(one.turn for one in self._under_way)))

    def stop(self, hit: Callable[[Creative], Creative]) -> int:
        """Publishes at once what `hit` changes of the ads that may be served; how many.

        Raises `Unavailable`: then it is to be called again, as people may change ads meanwhile.
        """
        mine, share = self._library.desk.mine(), self._library.share
        hits = []
        for one in self._library.creatives.table.all(lambda row: row.state in ("APPROVED", "PAUSED")):
            is_mine = one.product_id in mine if one.product_id else share.is_first
            if is_mine and (after := hit(one)) is not one:
                hits.append(after)
        self._library.creatives.put(hits)
        return len(hits)

    def step(self, *, is_busy: bool) -> int:
        """Hands out, takes back and publishes; how many jobs were moved or are under way.

        `is_busy`: products wait for new ads. Raises `Unavailable`: then nothing is lost, and the next step goes on.
        """
        self._publish()
        done = self._take_back()
        self._publish()
        self._hand_out(_BESIDE if is_busy else self._at_once)
        return done + len(self._under_way)

    def _look(self) -> None:
        under_way, now_s = frozenset[str]().union(*(one.turn.ids for one in self._under_way)), self._clock.monotonic()
        self._turns.look(self._library.outdated(), under_way, now_s)
        self._look_at_s = now_s + _LOOK_S

    def _hand_out(self, at_once: int) -> None:
        if self._hour.is_over(to_ms(self._clock.now())):
            return
        if not self._turns and self._clock.monotonic() >= self._look_at_s:
            self._look()
        while self._turns and len(self._under_way) < at_once:
            self._start(self._turns.take())

    def _start(self, turn: Turn) -> None:
        """What is not shown now, as its offer does not hold, would fail for what passes by itself: it is left."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        product = self._library.desk.product(turn.product_id, to_ms(now)) if turn.product_id else None
        there = self._library.ads(turn)
        ads = tuple(one for one in there if one.creative_id in turn.ids and is_shown(one, product, now))
        ids = frozenset(one.creative_id for one in ads)
        self._turns.later(turn.ids - ids, now_s)
        if ads:
            job = Recheck(b"" if product is None else product.SerializeToString(), ads, there, now)
            turn = Turn(turn.product_id, ids)
            self._under_way.append(_UnderWay(turn, self._submit(job), self._version, now_s))

    def _take_back(self) -> int:
        ended = [one for one in self._under_way if one.future.done()]
        for one in ended:
            self._under_way.remove(one)
            self._finish(one)
        return len(ended)

    def _finish(self, one: _UnderWay) -> None:
        turn = one.turn
        try:
            found = one.future.result()
        except Unavailable as missing:
            self._failed(one, missing)
        except Exception as error:  # else the process would end at these ads again and again
            self._spend_all(one)
            _LOG.error("%s: its ads are not screened again: %r", turn.product_id, error)
            self._turns.done(turn.ids)
        else:
            self._hour.spend(found.seconds)
            if one.version == self._version:  # else they are judged by the new one
                self._found |= found.of
                self._turns.done(turn.ids)

    def _failed(self, one: _UnderWay, missing: Unavailable) -> None:
        """A part was away: they come again, unless they are what children are lost over."""
        if missing.part != CHILD:
            self._turns.again(one.turn)
            raise missing
        self._spend_all(one)
        if given_up := self._turns.lost(one.turn):
            names = ", ".join(sorted(given_up))
            _LOG.warning("%s: not screened again before another version, makers were lost: %s", names, missing)
        if given_up != one.turn.ids:
            raise missing

    def _spend_all(self, one: _UnderWay) -> None:
        """Nobody knows what a maker used of the time that it had, at most all."""
        self._hour.spend(self._clock.monotonic() - one.began_s)

    def _publish(self) -> None:
        """Of each its newest: people may have changed it since it was screened, or while Kafka was away."""
        now, table, changes = self._clock.now(), self._library.creatives.table, []
        for creative_id, draft in self._found.items():
            if (one := table.get(creative_id)) is None:
                continue
            changes.append(after := judged_again(one, draft, now))
            if one.product_id and (after.is_refused is not one.is_refused or after.state != one.state):
                self._moved.add(one.product_id)
        self._library.creatives.put(changes)
        self._library.desk.look_at(self._moved, to_ms(now))
        self._found, self._moved = {}, set()
