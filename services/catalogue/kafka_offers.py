"""Follows `ad.products` and keeps all products and their offers; what cannot be used becomes a dead letter."""

from __future__ import annotations

from services.catalogue.facts_table import FactsTable
from services.catalogue.offer import offer_of
from services.catalogue.offers import Offers
from services.catalogue.product_messages import read_change
from services.common.clock import Clock, to_ms
from services.common.topics import PRODUCTS
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.compacted import CompactedFollower, Refusing


class KafkaOffers(Refusing):
    """Holds the newest offers in `offers`, and applies the newest products to `products`."""

    def __init__(self, bootstrap: str, clock: Clock, products: FactsTable) -> None:
        """Set `refuse`, which takes the dead letters, before `follower` is started."""
        self.offers = Offers()
        self.products = products
        self.follower = CompactedFollower(bootstrap, PRODUCTS, self.apply)
        self._clock = clock

    def apply(self, raw: RawRecord) -> None:
        """Applies one message of the topic."""
        found = read_change(raw)
        if isinstance(found, DeadLetter):
            self.bury(found)
            return
        product = found.change.product
        offer = None if product is None else offer_of(product)
        self.products.apply(found.change.product_id, product, found.position)
        self.offers.apply(found.change.product_id, offer, found.position, to_ms(self._clock.now()))
