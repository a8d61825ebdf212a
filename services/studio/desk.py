"""What is known of products and photos, and whose ads are to be looked at; pure."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.offer import offer_of
from services.catalogue.photos.ledger import Ledger
from services.catalogue.photos.links import links_of
from services.catalogue.photos.repeated import Named, Repeated
from services.catalogue.product_messages import NewestChanges
from services.studio.held import Held
from services.studio.order import Rank, rank_of
from services.studio.share import WHOLE, Share
from services.wire.codec.envelope import Position

PAGES: Final = ""
"""In the place of a product, of ads that lead to a page and show none."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A product whose ads are to be looked at, as ranks are made of it."""

    product_id: str
    product: Product | None  # None: it is gone
    changed_ms: int


def by_change(waiting: Waiting) -> Rank:
    """The rank where nothing else is known of a product."""
    return rank_of(waiting.product_id, in_campaign=False, has_work=True, changed_ms=waiting.changed_ms, ratings=0)


class Desk:
    """Threads put messages on it; one takes products from it. Products are kept serialized.

    `photos` knows which photos are being got; a product waits at most `photo_wait_ms` for its own.
    """

    def __init__(
        self,
        share: Share = WHOLE,
        rank: Callable[[Waiting], Rank] = by_change,
        photos: Ledger | None = None,
        photo_wait_ms: int = 0,
    ) -> None:
        self.share, self._rank = share, rank
        self.ledger, self._held = photos or Ledger(0), Held(photo_wait_ms)
        self._lock = threading.Lock()
        self._products: dict[str, bytes | None] = {}  # None: gone
        self._mine: set[str] = set()  # products of this share that there are
        self._photos: dict[str, str] = {}  # by link, the SHA-256 of a photo that was taken
        self._repeated = Repeated()
        self._of_link: dict[str, set[str]] = {}  # products by the link of their first picture
        self._newest_products, self._newest_photos = NewestChanges(), NewestChanges()
        self._changed_ms: dict[str, int] = {}  # when something about a product changed last
        self._todo: dict[str, Rank | None] = {}  # None: not ranked yet
        self._fresh: set[str] = set()  # those of them that are to be ranked
        self._ranked: list[Rank] = []  # a heap; entries that differ from `_todo` are stale
        self._due: list[tuple[int, str]] = []  # when a sale begins or ends, and the product
        self._due_of: dict[str, int] = {}  # by product, its next moment: other entries of `_due` are stale
        self.changes = 0  # of products, ever

    def put_product(self, product_id: str, product: Product | None, position: Position, now_ms: int) -> None:
        """The product is so from now on; None: it is gone. An earlier message than the last changes nothing."""
        content = None if product is None else product.SerializeToString(deterministic=True)
        with self._lock:
            if not self._newest_products.takes(product_id, position):
                return
            if product_id in self._products and self._products[product_id] == content:
                return
            self.changes += 1
            self._unlink(product_id)
            self._products[product_id] = content
            self._mine.discard(product_id)
            self.ledger.put_product(product_id, "" if product is None else link_of(product), position.appended_ms)
            turned = self._repeated.put_product(product_id, None if product is None else Named.of(product))
            if not self.share.owns(position.partition):
                self._todo.pop(product_id, None)
                self._turn(turned, position.appended_ms)
                return
            self._again(product_id, position.appended_ms)
            if product is not None:
                self._mine.add(product_id)
                self._of_link.setdefault(link_of(product), set()).add(product_id)
                self._expect(product_id, product, now_ms)
            self._turn(turned, position.appended_ms)

    def put_photo(self, link: str, photo: Photo | None, position: Position) -> None:
        """A photo was fetched or refused; its products are looked at again."""
        sha256 = "" if photo is None or photo.refused else photo.sha256
        self.ledger.put_photo(link, photo, position)
        with self._lock:
            if not self._newest_photos.takes(link, position):
                return
            products = self._of_link.get(link, set())
            if self._photos.pop(link, "") == sha256:
                products = products & self._held.now  # it may be known only now that there is none
            else:
                self._turn(self._repeated.put_photo(link, sha256), position.appended_ms)
            if sha256:
                self._photos[link] = sha256
            for product_id in products:
                self._again(product_id, position.appended_ms)

    def look_at(self, product_ids: Iterable[str], now_ms: int = 0) -> None:
        """The ads of these are to be looked at again; with a moment, because something changed then.

        Products of other shares, and those that are gone, are left alone.
        """
        with self._lock:
            for product_id in product_ids:
                if product_id in self._mine or (product_id == PAGES and self.share.is_first):
                    self._again(product_id, now_ms)

    def take(self, most: int, now_ms: int) -> list[str]:
        """At most so many products whose ads are to be looked at now, the best first (`order.py`)."""
        with self._lock:
            while self._due and self._due[0][0] <= now_ms:
                at, product_id = heapq.heappop(self._due)
                if self._due_of.get(product_id) == at:
                    self._again(product_id, at)
            for product_id in self._mine.intersection(self._held.over(now_ms)):
                self._again(product_id, 0)
            fresh = [self._waiting(product_id) for product_id in self._fresh]
            self._fresh.clear()
            fresh = [waiting for waiting in fresh if not self._holds(waiting, now_ms)]
        ranks = [self._rank(waiting) for waiting in fresh]
        with self._lock:
            for rank in ranks:
                if rank[-1] in self._todo:
                    self._todo[rank[-1]] = rank
                    heapq.heappush(self._ranked, rank)
            return self._best(most)

    def product(self, product_id: str, now_ms: int) -> Product | None:
        """The product as it is now; None: it is gone. When its price changes by itself, it comes up again."""
        with self._lock:
            product = self._product(product_id)
            if product is not None:
                self._expect(product_id, product, now_ms)
            return product

    def photo_of(self, product: Product) -> str:
        """The SHA-256 of its first picture; empty where there is none, or one that shows no product."""
        sha256 = self._photos.get(link_of(product), "")
        return "" if sha256 in self._repeated else sha256

    def repeated(self) -> int:
        """How many photos stand under many unrelated products, and are not shown."""
        return len(self._repeated)

    def knows(self, product_id: str) -> bool:
        """Whether `ad.products` ever named the product."""
        return product_id in self._products

    def waiting(self) -> int:
        """How many products are to be looked at."""
        return len(self._todo)

    def held(self) -> int:
        """How many products wait for their photo."""
        return len(self._held.now)

    def alive(self) -> int:
        """How many products of this share there are."""
        return len(self._mine)

    def mine(self) -> frozenset[str]:
        """The products of this share that there are."""
        with self._lock:
            return frozenset(self._mine)

    def products(self) -> list[Product]:
        """All products that there are, of all shares."""
        with self._lock:
            contents = [content for content in self._products.values() if content is not None]
        return [Product.FromString(content) for content in contents]

    def _product(self, product_id: str) -> Product | None:
        content = self._products.get(product_id)
        return None if content is None else Product.FromString(content)

    def _waiting(self, product_id: str) -> Waiting:
        return Waiting(product_id, self._product(product_id), self._changed_ms.get(product_id, 0))

    def _holds(self, waiting: Waiting, now_ms: int) -> bool:
        """Whether its ads wait for its photo; then it comes up again by itself."""
        product_id, product = waiting.product_id, waiting.product
        self._held.release(product_id)
        if product is None:
            self._held.forget(product_id)
        link = "" if product is None else link_of(product)
        if not self.ledger.awaits(link) or not self._held.holds(product_id, link, waiting.changed_ms, now_ms):
            return False
        self._todo.pop(product_id, None)
        return True

    def _unlink(self, product_id: str) -> None:
        """It is not known yet which picture the product names from now on."""
        before = self._product(product_id)
        if before is not None and (products := self._of_link.get(link := link_of(before))) is not None:
            products.discard(product_id)
            if not products:
                del self._of_link[link]

    def _turn(self, product_ids: set[str], changed_ms: int) -> None:
        """Their photo is one under many unrelated products from now on, or is so no more."""
        for product_id in product_ids & self._mine:
            self._again(product_id, changed_ms)

    def _again(self, product_id: str, changed_ms: int) -> None:
        self._changed_ms[product_id] = max(changed_ms, self._changed_ms.get(product_id, 0))
        self._todo[product_id] = None
        self._fresh.add(product_id)

    def _best(self, most: int) -> list[str]:
        taken: list[str] = []
        while self._ranked and len(taken) < most:
            rank = heapq.heappop(self._ranked)
            if self._todo.get(rank[-1]) == rank:
                del self._todo[rank[-1]]
                taken.append(rank[-1])
        return taken

    def _expect(self, product_id: str, product: Product, now_ms: int) -> None:
        at = offer_of(product).next_change_ms(now_ms)
        if at is None:
            self._due_of.pop(product_id, None)
        elif self._due_of.get(product_id) != at:
            self._due_of[product_id] = at
            heapq.heappush(self._due, (at, product_id))


def link_of(product: Product) -> str:
    """The link of its main picture on `ad.photos`: the id of a product that names none."""
    return links_of(product, additional=0)[0]
