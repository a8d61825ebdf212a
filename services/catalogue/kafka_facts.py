"""Follows `ad.products` and `ad.vocabulary` and keeps what facts need of them."""

from __future__ import annotations

from protos.gen.adloom.catalogue.v1.vocabulary_pb2 import Vocabulary
from services.catalogue.facts_table import FactsTable
from services.common.topics import PRODUCTS, VOCABULARY
from services.wire.kafka.compacted import CompactedFollower


class KafkaFacts:
    """Holds the newest facts in `table`."""

    def __init__(self, bootstrap: str, vocabulary: Vocabulary | None = None) -> None:
        self.table = FactsTable(vocabulary)
        self.followers = (
            CompactedFollower(bootstrap, VOCABULARY, self.table.apply_vocabulary),
            CompactedFollower(bootstrap, PRODUCTS, self.table.apply_product),
        )

    def start(self) -> None:
        """Starts both reading threads."""
        for follower in self.followers:
            follower.start()

    def is_whole(self) -> bool:
        """Whether both topics were read up to their ends as of the start: before, a product may seem to be missing."""
        return all(follower.caught_up.is_set() for follower in self.followers)

    def stop(self, timeout_s: float) -> None:
        """Stops both reading threads."""
        for follower in self.followers:
            follower.stop(timeout_s)
