"""Follows `ad.products` and keeps the page of each product that was ever named there."""

from __future__ import annotations

from collections import Counter

from services.catalogue.link_host import host_of
from services.catalogue.product_messages import NewestChanges, read_change
from services.common.topics import PRODUCTS
from services.web.tracking.address import sendable
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.compacted import CompactedFollower


class KafkaLinks:
    """Links by product id in `pages`: empty where the shop gave none, None where the product is gone.

    None also where a link is no address: its clicks lead to the shop's front.
    """

    def __init__(self, bootstrap: str) -> None:
        self.pages: dict[str, str | None] = {}
        self.hosts: Counter[str] = Counter()  # of the pages, and how many are there
        self.follower = CompactedFollower(bootstrap, PRODUCTS, self.apply)
        self._newest = NewestChanges()

    def apply(self, raw: RawRecord) -> None:
        """Applies one message; what is no product is left to `creative`, which makes a dead letter of it."""
        found = read_change(raw)
        if isinstance(found, DeadLetter):
            return
        product_id, product = found.change.product_id, found.change.product
        if self._newest.takes(product_id, found.position):
            page = sendable(product.link) if product else None
            self._count(self.pages.get(product_id), -1)
            self.pages[product_id] = page
            self._count(page, 1)

    def _count(self, page: str | None, pages: int) -> None:
        host = host_of(page or "")
        if host:
            self.hosts[host] += pages
