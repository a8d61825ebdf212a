"""Follows `ad.vocabulary`, and `ad.products` with it, and applies what it reads to a table of facts."""

from __future__ import annotations

from services.catalogue.facts_table import FactsTable, compact
from services.catalogue.product_messages import read_change
from services.catalogue.vocabulary import Vocabulary
from services.catalogue.vocabulary_messages import read_vocabulary
from services.common.topics import PRODUCTS, VOCABULARY
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import Position, RawRecord
from services.wire.kafka.compacted import CompactedFollower, Refusing


class KafkaVocabulary(Refusing):
    """Applies the newest vocabulary to `table`; what is none becomes a dead letter, once `refuse` is set."""

    def __init__(self, bootstrap: str, table: FactsTable) -> None:
        self.follower = CompactedFollower(bootstrap, VOCABULARY, self.apply)
        self._table = table

    def apply(self, raw: RawRecord) -> None:
        """Applies one message of the topic."""
        found = read_vocabulary(raw)
        if isinstance(found, DeadLetter):
            self.bury(found)
        else:
            self._table.apply_vocabulary(found, Position(raw.partition, raw.offset, raw.timestamp_ms))


class KafkaFacts:
    """Holds the newest facts in `table`; dead letters are left to `creative`, which reads both topics too."""

    def __init__(self, bootstrap: str, vocabulary: Vocabulary | None = None) -> None:
        """`vocabulary` is used until a message brings one."""
        self.table = FactsTable(vocabulary, compact)
        self.vocabulary = KafkaVocabulary(bootstrap, self.table)
        self.followers = (self.vocabulary.follower, CompactedFollower(bootstrap, PRODUCTS, self.apply_product))

    def apply_product(self, raw: RawRecord) -> None:
        """Applies one message of `ad.products`."""
        found = read_change(raw)
        if not isinstance(found, DeadLetter):
            self.table.apply(found.change.product_id, found.change.product, found.position)

    def start(self) -> None:
        """Starts both reading threads."""
        for follower in self.followers:
            follower.start()

    def is_whole(self) -> bool:
        """Whether both topics were read up to their ends as of the start: before, a product may seem to be missing."""
        return all(follower.caught_up.is_set() for follower in self.followers)
