"""The products of the shop on `ad.products`: what there is now, and an import taken whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar

from protos.gen.adloom.catalogue.v1.product_pb2 import Availability, Product
from services.catalogue.difference import digest_of
from services.catalogue.ports import Change
from services.catalogue.product_messages import Dated, NewestChanges, read_change, record_of
from services.common.clock import Clock
from services.common.topics import PRODUCTS
from services.wire.kafka.producer import ProducerSettings
from services.wire.kafka.reader import read_to_end
from services.wire.kafka.transaction import send_all

_NAME: Final = "adloom-catalogue-import"
_Kept = TypeVar("_Kept")


class KafkaProducts:
    """The `ProductSink` on a broker."""

    def __init__(self, bootstrap: str, clock: Clock) -> None:
        self._bootstrap = bootstrap
        self._clock = clock

    def digests(self) -> Mapping[str, bytes]:
        """See `ProductSink.digests`."""
        return self.newest(digest_of)

    def all(self) -> list[Product]:
        """The products that there are, in the order of their ids; raises `Unavailable`."""
        found = self.newest(Product.SerializeToString)  # serialized, a product takes a tenth of the memory
        return [Product.FromString(found[product_id]) for product_id in sorted(found)]

    def sold_out(self) -> frozenset[str]:
        """The products that there are and that cannot be bought now; raises `Unavailable`."""
        found = self.newest(lambda product: product.availability == Availability.OUT_OF_STOCK)
        return frozenset(product_id for product_id, is_out in found.items() if is_out)

    def newest(self, kept: Callable[[Product], _Kept]) -> dict[str, _Kept]:
        """What is kept of the newest message of each product, without those that are gone; raises `Unavailable`."""
        newest, values = NewestChanges(), dict[str, _Kept | None]()
        for raw in read_to_end(self._bootstrap, PRODUCTS, committed=True):
            found = read_change(raw)
            if isinstance(found, Dated):
                product_id, product = found.change.product_id, found.change.product
                if newest.takes(product_id, found.position):
                    values[product_id] = None if product is None else kept(product)
        return {product_id: value for product_id, value in values.items() if value is not None}

    def apply(self, version: str, changes: Iterator[Change]) -> None:
        """See `ProductSink.apply`."""
        now = self._clock.now()
        records = (record_of(change, version, now) for change in changes)
        send_all(ProducerSettings(self._bootstrap, "catalogue"), _NAME, records)
