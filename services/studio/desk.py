"""What is known of products and photos, and whose ads are to be looked at; pure."""

from __future__ import annotations

import heapq
import threading
from collections import OrderedDict
from itertools import islice

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.offer import offer_of
from services.catalogue.photos.links import links_of
from services.catalogue.product_messages import NewestChanges
from services.wire.codec.envelope import Position


class Desk:
    """Threads put messages on it; one takes products from it. Products are kept serialized."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._products: dict[str, bytes | None] = {}  # None: gone
        self._photos: dict[str, str] = {}  # by link, the SHA-256 of a photo that was taken
        self._of_link: dict[str, set[str]] = {}  # products by the link of their first picture
        self._newest_products, self._newest_photos = NewestChanges(), NewestChanges()
        self._todo: OrderedDict[str, None] = OrderedDict()
        self._due: list[tuple[int, str]] = []  # when a sale begins or ends, and the product
        self._due_of: dict[str, int] = {}  # by product, its next moment: other entries of `_due` are stale
        self._alive = 0
        self.changes = 0  # of products, ever

    def put_product(self, product_id: str, product: Product | None, position: Position, now_ms: int) -> None:
        """The product is so from now on; None: it is gone. An earlier message than the last changes nothing."""
        content = None if product is None else product.SerializeToString(deterministic=True)
        with self._lock:
            if not self._newest_products.takes(product_id, position):
                return
            before = self._products.get(product_id)
            if product_id in self._products and before == content:
                return
            self._alive += int(content is not None) - int(before is not None)
            self.changes += 1
            self._products[product_id] = content
            self._todo[product_id] = None
            if product is not None:
                self._of_link.setdefault(link_of(product), set()).add(product_id)
                self._expect(product_id, product, now_ms)

    def put_photo(self, link: str, photo: Photo | None, position: Position) -> None:
        """A photo was fetched or refused; its products are looked at again."""
        sha256 = "" if photo is None or photo.refused else photo.sha256
        with self._lock:
            if not self._newest_photos.takes(link, position) or self._photos.get(link, "") == sha256:
                return
            self._photos[link] = sha256
            self._todo.update(dict.fromkeys(self._of_link.get(link, ()), None))

    def look_at(self, product_id: str) -> None:
        """Its ads are to be looked at again."""
        with self._lock:
            self._todo[product_id] = None

    def take(self, most: int, now_ms: int) -> list[str]:
        """At most so many products whose ads are to be looked at now; who was changed first comes first."""
        with self._lock:
            while self._due and self._due[0][0] <= now_ms:
                at, product_id = heapq.heappop(self._due)
                if self._due_of.get(product_id) == at:
                    self._todo[product_id] = None
            taken = list(islice(self._todo, most))
            for product_id in taken:
                del self._todo[product_id]
            return taken

    def product(self, product_id: str, now_ms: int) -> Product | None:
        """The product as it is now; None: it is gone. When its price changes by itself, it comes up again."""
        with self._lock:
            content = self._products.get(product_id)
            product = None if content is None else Product.FromString(content)
            if product is not None:
                self._expect(product_id, product, now_ms)
            return product

    def photo_of(self, product: Product) -> str:
        """The SHA-256 of its first picture; empty where there is none."""
        return self._photos.get(link_of(product), "")

    def knows(self, product_id: str) -> bool:
        """Whether `ad.products` ever named the product."""
        return product_id in self._products

    def waiting(self) -> int:
        """How many products are to be looked at."""
        return len(self._todo)

    def alive(self) -> int:
        """How many products there are."""
        return self._alive

    def products(self) -> list[Product]:
        """All products that there are."""
        with self._lock:
            contents = [content for content in self._products.values() if content is not None]
        return [Product.FromString(content) for content in contents]

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
