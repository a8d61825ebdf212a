"""Which links of products are to be asked now, as products and `ad.photos` go on; pure.

A link that a product names is asked
- at once, where nothing is known of it;
- where a product that names it was changed after it was asked last: `CHANGED_MS` after that, at once if that is over;
- `every_ms` after it was asked last: a shop may replace a picture under its old name;
- a while after it could not be had, longer with each time (`BACK_OFF_MS`).

Where there was a photo, a file that is none (a host's "are you human?", a pixel) is such a failure, and the photo stays
until no photo came on `BELIEVED_DAYS` days since the last one did.

A host is not asked for what the shop brought as a file. What hosts could not give is kept here alone; all else is on
the topics, so that a restart goes on where it was. All shares know all links, and each asks for its own.
"""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.catalogue.photos.address import is_url
from services.catalogue.photos.get_photo import Result
from services.catalogue.photos.links import Wanted
from services.wire.codec.envelope import Position

BACK_OFF_MS: Final = (60_000, 300_000, 1_800_000, 7_200_000, 86_400_000)
"""After the first failure in a row, the second, and so on; the last one for all later ones."""

CHANGED_MS: Final = 3_600_000
"""How long an answer is new enough: prices change all day, and seldom the picture with them."""
BELIEVED_DAYS: Final = 3
_DAY_MS: Final = 86_400_000


@dataclass(slots=True)
class _Link:
    """What is known of a link."""

    is_mine: bool  # this process asks for it
    products: dict[str, int] = field(default_factory=dict)  # that name it, and when each was changed last
    before: Photo | None = None
    position: Position | None = None  # of the message that said so
    asked_for_ms: int = -1  # the newest change of its products at the last question
    asked_ms: int = -1  # when that was
    no_photo: set[int] = field(default_factory=set)  # days on which its host gave a file that is none, in a row
    failures: int = 0  # in a row
    reason: str = ""  # of the last failure
    due_ms: int = -1  # when it is to be asked; -1: it is being asked, or never
    is_asked: bool = False  # at the moment
    counted: str = ""  # the fate that it has in the sums

    def fate(self) -> str:
        """How it stands with the picture: "taken", "waiting", or why there is none."""
        if self.before is not None and self.before.sha256:
            return TAKEN
        if self.failures:
            return self.reason
        return WAITING if self.before is None else self.before.refused.partition(": ")[0]


WAITING: Final = "waiting"
TAKEN: Final = "taken"


class Ledger:
    """Any thread may call; `is_mine` tells for which links this process asks, `every_ms` 0 asks nothing again."""

    def __init__(self, every_ms: int, is_mine: Callable[[str], bool] = lambda link: True) -> None:
        self._every_ms, self._is_mine = every_ms, is_mine
        self._lock = threading.Lock()
        self._links: dict[str, _Link] = {}
        self._link_of: dict[str, str] = {}  # by product
        self._due: list[tuple[int, str]] = []  # a heap; entries that differ from `due_ms` are stale
        self._fates = Counter[str]()

    def put_product(self, product_id: str, link: str, changed_ms: int) -> None:
        """The product names this picture first from now on; a link that is no URL, or empty, asks for nothing."""
        with self._lock:
            before = self._link_of.pop(product_id, "")
            if before and before != link:
                self._links[before].products.pop(product_id, None)
                self._count(self._links[before])
                self._forget(before)
            if link and is_url(link):
                self._link_of[product_id] = link
                one = self._link(link)
                one.products[product_id] = changed_ms
                self._expect(link, one)

    def put_photo(self, link: str, photo: Photo | None, position: Position) -> None:
        """`ad.photos` says so of the link."""
        if not is_url(link):
            return
        with self._lock:
            one = self._link(link)
            if position.follows(one.position):
                one.before, one.position = photo, position
                self._expect(link, one)
            self._forget(link)

    def due(self, now_ms: int) -> list[Wanted]:
        """The pictures that are to be got now; each is to come back by `done` or `put_off`."""
        found: list[Wanted] = []
        with self._lock:
            while self._due and self._due[0][0] <= now_ms:
                at, link = heapq.heappop(self._due)
                one = self._links.get(link)
                if one is not None and one.due_ms == at:
                    one.due_ms = -1
                    found += self._asked(link, one, now_ms)
        return found

    def done(self, result: Result, now_ms: int) -> None:
        """What became of a picture."""
        with self._lock:
            one = self._links[result.wanted.link]
            one.is_asked = False
            if result.photo is not None:
                one.before, one.failures, one.reason = result.photo, 0, ""
                one.no_photo.clear()
                self._expect(result.wanted.link, one)
            else:
                self._failed(result, one, now_ms)
            self._forget(result.wanted.link)

    def put_off(self, link: str, until_ms: int) -> None:
        """The picture could not be stored or told of; it is asked for again."""
        with self._lock:
            one = self._links[link]
            one.is_asked = False
            self._at(link, one, until_ms)
            self._forget(link)

    def awaits(self, link: str) -> bool:
        """Whether nobody knows yet if there is a picture."""
        with self._lock:
            one = self._links.get(link)
            return one is not None and bool(one.products) and one.before is None and not one.failures

    def products_of(self, link: str) -> list[str]:
        """The products that name the link."""
        with self._lock:
            one = self._links.get(link)
            return [] if one is None else list(one.products)

    def fates(self) -> Counter[str]:
        """How many of its links that products name stand how: `WAITING`, `TAKEN`, and why there is none."""
        with self._lock:
            return Counter({fate: count for fate, count in self._fates.items() if fate and count})

    def _link(self, link: str) -> _Link:
        return self._links.setdefault(link, _Link(self._is_mine(link)))

    def _forget(self, link: str) -> None:
        """What no product names and no message tells of is gone; what is on the topic is there for the next product."""
        one = self._links[link]
        if not one.products and one.before is None and not one.is_asked:
            del self._links[link]

    def _asked(self, link: str, one: _Link, now_ms: int) -> list[Wanted]:
        if not one.products or not one.is_mine:
            return []
        one.is_asked, one.asked_for_ms, one.asked_ms = True, max(one.products.values()), now_ms
        had = one.before is not None and bool(one.before.sha256)
        keeps = had and len(one.no_photo | {now_ms // _DAY_MS}) < BELIEVED_DAYS
        return [Wanted(link, min(one.products), is_main=True, before=one.before, keeps=keeps)]

    def _failed(self, result: Result, one: _Link, now_ms: int) -> None:
        one.failures, one.reason = one.failures + 1, result.reason
        if result.is_no_photo:
            one.no_photo.add(now_ms // _DAY_MS)
        self._count(one)
        self._at(result.wanted.link, one, now_ms + BACK_OFF_MS[min(one.failures, len(BACK_OFF_MS)) - 1])

    def _count(self, one: _Link) -> None:
        fate = one.fate() if one.products and one.is_mine else ""
        if fate != one.counted:
            self._fates[one.counted] -= 1
            self._fates[fate] += 1
            one.counted = fate

    def _expect(self, link: str, one: _Link) -> None:
        """When it is to be asked next, by what is known now."""
        self._count(one)
        if one.is_asked or not one.products:
            return
        if one.before is not None and one.before.brought:
            one.due_ms = -1
            return
        if one.before is None and one.asked_for_ms < max(one.products.values()):
            self._at(link, one, 0)
            return
        asked_ms = -1 if one.before is None else max(_asked_ms(one.before), one.asked_ms)
        if max(one.products.values()) > max(asked_ms, one.asked_for_ms):
            self._at(link, one, _sooner(one.due_ms, asked_ms + CHANGED_MS))
        elif self._every_ms and not one.failures:
            self._at(link, one, asked_ms + self._every_ms)

    def _at(self, link: str, one: _Link, due_ms: int) -> None:
        if one.due_ms != due_ms:
            one.due_ms = due_ms
            heapq.heappush(self._due, (due_ms, link))


def _sooner(due_ms: int, other_ms: int) -> int:
    return other_ms if due_ms < 0 else min(due_ms, other_ms)


def _asked_ms(photo: Photo) -> int:
    """When its host was asked last."""
    return (photo.checked_at if photo.HasField("checked_at") else photo.fetched_at).ToMilliseconds()
