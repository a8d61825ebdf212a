"""Follows `ad.products` and keeps the offers of all products; what cannot be used becomes a dead letter."""

from __future__ import annotations

from collections.abc import Callable

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.offer import Offer, offer_of
from services.catalogue.offers import Offers
from services.common.clock import Clock, to_ms
from services.common.metrics import METRICS
from services.common.topics import PRODUCTS
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_or_dead_letter
from services.wire.codec.envelope import RawRecord, Record
from services.wire.kafka.compacted import CompactedFollower


class KafkaOffers:
    """Holds the newest offers in `offers`."""

    def __init__(self, bootstrap: str, clock: Clock) -> None:
        """Set `refuse`, which takes the dead letters, before `follower` is started."""
        self.refuse: Callable[[Record], None] | None = None
        self.offers = Offers()
        self.follower = CompactedFollower(bootstrap, PRODUCTS, self.apply)
        self._clock = clock

    def apply(self, raw: RawRecord) -> None:
        """Applies one message of the topic: a product as it is now, or a tombstone."""
        try:
            product_id = (raw.key or b"").decode()
        except UnicodeDecodeError:
            product_id = ""
        if raw.value is None and product_id:
            self._keep(product_id, None, raw)
            return
        found = decode_or_dead_letter(raw)
        if isinstance(found, DeadLetter):
            self._bury(found)
            return
        assert isinstance(found.message, Product)
        if found.message.product_id == product_id:
            self._keep(product_id, offer_of(found.message), raw)
        else:
            self._bury(dead_letter_of(raw, "invalid"))

    def _keep(self, product_id: str, offer: Offer | None, raw: RawRecord) -> None:
        self.offers.apply(product_id, offer, raw.timestamp_ms, to_ms(self._clock.now()))

    def _bury(self, letter: DeadLetter) -> None:
        METRICS.dead_letters.labels(letter.topic, letter.reason).inc()
        if self.refuse is not None:
            self.refuse(letter.record)
