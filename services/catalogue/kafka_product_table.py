"""Follows `ad.products` and keeps all products of the shop in memory."""

from __future__ import annotations

from services.catalogue.product_table import ProductTable
from services.common.topics import PRODUCTS
from services.wire.kafka.compacted import CompactedFollower


class KafkaProductTable:
    """Holds the newest products in `table`."""

    def __init__(self, bootstrap: str) -> None:
        self.table = ProductTable()
        self.follower = CompactedFollower(bootstrap, PRODUCTS, self.table.apply)

    def is_whole(self) -> bool:
        """Whether the topic was read up to its end as of the start: before that, a product may seem to be missing."""
        return self.follower.caught_up.is_set()
