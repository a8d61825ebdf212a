"""All products as of the newest messages on `ad.products`, by id and in pages."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.product_messages import NewestChanges, read_change
from services.common.errors import Rejected
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord

PAGE_BYTES: Final = 3 * 1024 * 1024
"""Where a page ends at the latest, because gRPC's clients take 4 MiB unless they are told otherwise."""


class ProductTable:
    """One thread applies messages; others ask. Products are kept serialized, in a tenth of the memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._products: dict[str, bytes | None] = {}  # None: gone
        self._newest = NewestChanges()
        self._ids: list[str] = []  # of all that were ever named; sorted but for those that came since the last page
        self._sorted = True

    def apply(self, raw: RawRecord) -> None:
        """Applies one message; what is no product is left to `creative`, which makes a dead letter of it."""
        found = read_change(raw)
        if isinstance(found, DeadLetter):
            return
        product_id, product = found.change.product_id, found.change.product
        with self._lock:
            if not self._newest.takes(product_id, found.position):
                return
            if product_id not in self._products:
                self._ids.append(product_id)
                self._sorted = False
            self._products[product_id] = None if product is None else product.SerializeToString()

    def has(self, product_id: str) -> bool:
        """Whether there is a product of this id."""
        return self._products.get(product_id) is not None

    def get(self, product_id: str) -> Product:
        """The product; raises `Rejected("not_found")` where there is none."""
        found = self._products.get(product_id)
        if found is None:
            raise Rejected("not_found", "product_id", product_id, "a product of the shop's catalogue")
        return Product.FromString(found)

    def page(self, after: str, size: int, most_bytes: int = PAGE_BYTES) -> tuple[list[Product], bool]:
        """At most `size` products whose ids follow `after`, in the order of ids; True: there are more.

        A page ends sooner where it would exceed `most_bytes`, but it has at least one product where there is one.
        """
        found: list[bytes] = []
        room = most_bytes
        with self._lock:
            for product_id in self._ids_after(after):
                product = self._products[product_id]
                if product is None:
                    continue
                room -= len(product)
                if len(found) == size or (found and room < 0):
                    return [Product.FromString(one) for one in found], True
                found.append(product)
        return [Product.FromString(one) for one in found], False

    def _ids_after(self, after: str) -> Iterator[str]:
        if not self._sorted:
            self._ids.sort()  # nearly sorted already, which makes it linear
            self._sorted = True
        return (self._ids[number] for number in range(bisect_right(self._ids, after), len(self._ids)))
