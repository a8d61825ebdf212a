"""Delay from a product that is sold out to the first answer without its ad, compared with Kafka's own round trip."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator
from typing import Any, Final

from protos.gen.adloom.catalogue.v1 import catalogue_service_pb2 as catalogue_pb
from protos.gen.adloom.catalogue.v1 import product_pb2
from protos.gen.adloom.catalogue.v1.catalogue_service_pb2_grpc import CatalogueServiceStub
from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.catalogue.catalogue import Product, demo_catalogue
from services.common.errors import Unavailable
from services.common.topics import PRODUCTS
from services.runtime.grpc_channel import open_channel
from services.tools.bench.figures import Figure, latencies
from services.tools.bench.freshness import Clicks, TopicEnd
from services.tools.stack.session import RunningStack

ROUNDS: Final = 100
_PERIOD_S: Final = 0.02  # 50 requests/s, which is also how finely an end is seen
_WITHIN_S: Final = 10.0


def catalogue(running: RunningStack) -> list[Figure]:
    """p50 and p99 of `ROUNDS` ends of a product that is asked for all the time."""
    clicks = Clicks(running)
    try:
        round_trip = latencies(list(clicks.round_trips()))
    finally:
        clicks.close()
    with open_channel(running.events) as events, open_channel(running.creative) as creative:
        ends = Ends(CatalogueServiceStub(events), CreativeServiceStub(creative), demo_catalogue().products[0])
        after_answer, after_message = zip(*ends.measured(running.kafka), strict=True)
    return [
        Figure(f"sold_out_{name}_{at}", getattr(figure, at), "ms", f"Kafka round trip {at}", getattr(round_trip, at))
        for name, figure in (("after_answer", latencies(after_answer)), ("after_message", latencies(after_message)))
        for at in ("p50", "p99")
    ]


class Ends:
    """Ends a product again and again, and asks for its ads 50 times a second."""

    def __init__(self, door: Any, creative: Any, product: Product) -> None:
        self._door = door
        self._creative = creative
        self._product = product
        self._next_at = time.time()

    def measured(self, kafka: str) -> Iterator[tuple[float, float]]:
        """Seconds to the first answer without the ad: from UpsertProducts' answer, and from the LogAppendTime."""
        moments = random.Random(1)  # so that an end comes at any moment between two requests
        with TopicEnd(kafka, PRODUCTS) as messages:
            for _ in range(ROUNDS):
                self._upsert(product_pb2.IN_STOCK)
                messages.until(lambda record: True)
                self._asked_until(shown=True)
                time.sleep(moments.random() * _PERIOD_S)
                answered_at = self._upsert(product_pb2.OUT_OF_STOCK)
                ended_at = self._asked_until(shown=False)
                appended_at = messages.until(lambda record: True).timestamp / 1000
                yield ended_at - answered_at, ended_at - appended_at

    def _upsert(self, availability: product_pb2.Availability) -> float:
        """Offers the product so; returns when the answer came."""
        product = product_pb2.Product(
            product_id=self._product.product_id,
            title=self._product.title,
            price_minor=self._product.price_minor,
            currency=self._product.currency,
            availability=availability,
        )
        answer = self._door.UpsertProducts(catalogue_pb.UpsertProductsRequest(products=[product]), timeout=_WITHIN_S)
        if answer.results[0].status != catalogue_pb.PRODUCT_STATUS_OK:
            raise Unavailable("events", answer.results[0].message)
        return time.time()

    def _asked_until(self, *, shown: bool) -> float:
        """When the first answer came that shows the ad, or the first that does not."""
        began = time.time()
        while self._is_shown() is not shown:
            if time.time() - began > _WITHIN_S:
                raise Unavailable("creative", f"a product's change did not show within {_WITHIN_S:.0f} s")
        return time.time()

    def _is_shown(self) -> bool:
        """Asks, not sooner than one period after the last time."""
        time.sleep(max(self._next_at - time.time(), 0.0))
        self._next_at = time.time() + _PERIOD_S
        places = [pb.Placement(placement_id="bench", format="300x250")]
        request = pb.SelectCreativesRequest(
            user_id=uuid.uuid4().hex, placements=places, product_ids=[self._product.product_id]
        )
        answer = self._creative.SelectCreatives(request, timeout=2)
        return bool(answer.selections[0].product_id)
