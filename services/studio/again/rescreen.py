"""Screens again what another version of the screen has judged, beside the making of ads and within its budget.

It is served meanwhile, except for what the shop itself has just forbidden: words alone tell that, at once.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from services.assets.creative import Creative
from services.assets.creative_sink import CreativeSink
from services.common.clock import Clock, to_ms
from services.common.errors import Unavailable
from services.studio.again.judge_again import judged_again
from services.studio.again.judged import Judged
from services.studio.again.recheck import Recheck, Rechecked
from services.studio.budget import Hour
from services.studio.desk import Desk
from services.studio.share import WHOLE, Share

_LOG = logging.getLogger(__name__)
AGAIN: Final = "screen_again"
"""What an ad waits for that is to be screened again."""

_BESIDE: Final = 1
"""Products of which ads are screened again while others wait for new ones."""

_LOOK_S: Final = 1.0  # between two looks at what is outdated: it is a list as long as the library

_Turn = tuple[str, frozenset[str]]
"""A product, and its ads that are to be screened again."""


@dataclass(frozen=True, slots=True)
class Library:
    """What there is, and by which version of the screen it was judged."""

    creatives: CreativeSink
    judged: Judged
    desk: Desk
    share: Share = WHOLE

    def outdated(self) -> list[_Turn]:
        """What another version judged of this share."""
        mine = self.desk.mine()
        found = self.judged.outdated()
        return [(name, ids) for name, ids in found.items() if (name in mine if name else self.share.is_first)]

    def ads(self, product_id: str, ids: frozenset[str]) -> Iterable[Creative]:
        """All of the product; where they advertise none, these."""
        if product_id:
            return self.creatives.table.all(lambda row: True, product_ids=frozenset((product_id,)))
        return filter(None, map(self.creatives.table.get, sorted(ids)))


class Rescreening:
    """Belongs to the thread of the studio."""

    def __init__(
        self, library: Library, submit: Callable[[Recheck], Future[Rechecked]], hour: Hour, clock: Clock, at_once: int
    ) -> None:
        self._library, self._submit, self._hour, self._clock = library, submit, hour, clock
        self._at_once = at_once
        self._turns = deque[_Turn]()
        self._under_way: dict[str, tuple[Future[Rechecked], frozenset[str]]] = {}  # by product
        self._done: set[str] = set()  # under this version: judged and not read back yet, or without a picture
        self._changes: list[Creative] = []  # not published yet
        self._look_at_s = 0.0

    def begin(self, version: str) -> None:
        """The screen is another one from now on; ads that it has not judged are looked at in turn."""
        self._library.judged.begin(version)
        self._done.clear()
        self._look()
        if waiting := self.waiting():
            _LOG.info("%s: %d ads are screened again", version, waiting)

    def waiting(self) -> int:
        """How many ads wait."""
        return sum(len(ids) for _, ids in (*self._turns, *self._under_way.values()))

    def stop(self, hit: Callable[[Creative], Creative]) -> int:
        """Publishes at once what `hit` changes of the ads that may be served; how many."""
        mine, share = self._library.desk.mine(), self._library.share
        for one in self._library.creatives.table.all(lambda row: row.state in ("APPROVED", "PAUSED")):
            is_mine = one.product_id in mine if one.product_id else share.is_first
            if is_mine and (after := hit(one)) is not one:
                self._changes.append(after)
        stopped = len(self._changes)
        self._publish()
        return stopped

    def step(self, *, is_busy: bool) -> int:
        """Hands out, takes back and publishes; how many products were moved or are under way.

        `is_busy`: products wait for new ads. Raises `Unavailable`: then nothing is lost, and the next step goes on.
        """
        self._publish()
        done = self._take_back()
        self._publish()
        self._hand_out(_BESIDE if is_busy else self._at_once)
        return done + len(self._under_way)

    def _look(self) -> None:
        found = self._library.outdated()
        self._done &= frozenset[str]().union(*(ids for _, ids in found))
        left = ((name, ids - self._done) for name, ids in found if name not in self._under_way)
        self._turns = deque((name, ids) for name, ids in left if ids)
        self._look_at_s = self._clock.monotonic() + _LOOK_S

    def _hand_out(self, at_once: int) -> None:
        if self._hour.is_over(to_ms(self._clock.now())):
            return
        if not self._turns and self._clock.monotonic() >= self._look_at_s:
            self._look()
        while self._turns and len(self._under_way) < at_once:
            self._start(*self._turns.popleft())

    def _start(self, product_id: str, ids: frozenset[str]) -> None:
        now = self._clock.now()
        product = self._library.desk.product(product_id, to_ms(now)) if product_id else None
        there = tuple(self._library.ads(product_id, ids))
        ads = tuple(one for one in there if one.creative_id in ids)
        job = Recheck(b"" if product is None else product.SerializeToString(), ads, there, now)
        self._under_way[product_id] = self._submit(job), ids

    def _take_back(self) -> int:
        ended = [(product_id, *one) for product_id, one in self._under_way.items() if one[0].done()]
        for product_id, future, ids in ended:
            del self._under_way[product_id]
            try:
                self._finish(product_id, future.result())
            except Unavailable:
                self._turns.append((product_id, ids))
                raise
            except Exception as error:  # else the process would end at these ads again and again
                _LOG.error("%s: its ads are not screened again: %r", product_id, error)
            self._done |= ids
        return len(ended)

    def _finish(self, product_id: str, found: Rechecked) -> None:
        self._hour.spend(found.seconds)
        now, changed = self._clock.now(), False
        for creative_id, draft in found.of.items():
            one = self._library.creatives.table.get(creative_id)
            if one is None:
                continue
            after = judged_again(one, draft, now)
            self._changes.append(after)
            changed |= after.is_refused is not one.is_refused or after.state != one.state
        if changed and product_id:
            self._library.desk.look_at([product_id], to_ms(now))

    def _publish(self) -> None:
        self._library.creatives.put(self._changes)
        self._changes = []
