"""Reads `ad.products`, `ad.photos`, `ad.vocabulary` and `ad.creatives` for the studio."""

from __future__ import annotations

from typing import Final

from services.assets.kafka_creatives import KafkaCreatives
from services.catalogue.photos.photo_messages import read_photo
from services.catalogue.product_messages import read_change
from services.common.clock import Clock, to_ms
from services.common.topics import PHOTOS, PRODUCTS, VOCABULARY
from services.studio.desk import Desk, Waiting
from services.studio.order import Rank, rank_of
from services.studio.share import Share
from services.studio.vocabulary_keeper import VocabularyKeeper
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.compacted import CompactedFollower, Refusing

_STOP_S: Final = 5.0


class Topics(Refusing):
    """Puts products and photos on the desk, and keeps all creatives in a table.

    Dead letters of `ad.photos` go to `refuse`; those of the other topics are made by `creative`, which follows them.
    """

    def __init__(self, kafka: str, share: Share, clock: Clock) -> None:
        self._clock = clock
        self._creatives = KafkaCreatives(kafka)
        self.table = self._creatives.table
        self.desk = Desk(share, self.rank)
        self.vocabulary = VocabularyKeeper(self.desk, clock)
        self._followers = (
            CompactedFollower(kafka, PRODUCTS, self.product),
            CompactedFollower(kafka, PHOTOS, self.photo),
            CompactedFollower(kafka, VOCABULARY, self.vocabulary.apply),
            self._creatives.follower,
        )

    def start(self) -> None:
        """Starts reading."""
        for follower in self._followers:
            follower.start()

    def stop(self) -> None:
        """Stops reading."""
        for follower in self._followers:
            follower.stop(_STOP_S)

    def are_read(self) -> bool:
        """Whether all were read up to their ends as of the start: before that, an ad may seem to be missing."""
        return all(follower.caught_up.is_set() for follower in self._followers)

    def rank(self, waiting: Waiting) -> Rank:
        """How soon a product's turn comes."""
        living = [row.created_ms for row in self.table.rows_of(waiting.product_id) if row.state != "RETIRED"]
        return rank_of(
            waiting.product_id,
            in_campaign=False,
            has_work=waiting.changed_ms > max(living, default=-1),
            changed_ms=waiting.changed_ms,
            ratings=waiting.product.rating_count if waiting.product is not None else 0,
        )

    def product(self, raw: RawRecord) -> None:
        """Applies a message of `ad.products`."""
        found = read_change(raw)
        if not isinstance(found, DeadLetter):
            now_ms = to_ms(self._clock.now())
            self.desk.put_product(found.change.product_id, found.change.product, found.position, now_ms)

    def photo(self, raw: RawRecord) -> None:
        """Applies a message of `ad.photos`."""
        found = read_photo(raw)
        if isinstance(found, DeadLetter):
            self.bury(found)
        else:
            self.desk.put_photo(found.link, found.photo, found.position)
