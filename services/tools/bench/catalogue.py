"""Delay from a product that is sold out to the first answer without its ad, compared with Kafka's own round trip."""

from __future__ import annotations

import random
import threading
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
    product = demo_catalogue().products[0]
    clicks = Clicks(running)
    try:
        round_trip = latencies(list(clicks.round_trips()))
    finally:
        clicks.close()
    with (
        open_channel(running.events) as events,
        open_channel(running.creative) as creative,
        Asking(CreativeServiceStub(creative), product.product_id) as asking,
    ):
        ends = ends_of(product, CatalogueServiceStub(events), asking, running.kafka)
        after_answer, after_message = zip(*ends, strict=True)
    return [
        Figure(f"sold_out_{name}_{at}", getattr(figure, at), "ms", f"Kafka round trip {at}", getattr(round_trip, at))
        for name, figure in (("after_answer", latencies(after_answer)), ("after_message", latencies(after_message)))
        for at in ("p50", "p99")
    ]


def ends_of(product: Product, service: Any, asking: Asking, kafka: str) -> Iterator[tuple[float, float]]:
    """Seconds to the first answer without the ad, from UpsertProducts' answer and from the message's LogAppendTime.

    An ad may end before UpsertProducts has answered: then it is 0 after that.
    """
    moments = random.Random(1)  # so that an end comes at any moment between two requests
    with TopicEnd(kafka, PRODUCTS) as messages:
        for _ in range(ROUNDS):
            offer(service, product, product_pb2.IN_STOCK)
            messages.until(lambda record: True)
            asking.until(shown=True)
            time.sleep(moments.random() * _PERIOD_S)
            answered_at = offer(service, product, product_pb2.OUT_OF_STOCK)
            ended_at = asking.until(shown=False)
            appended_at = messages.until(lambda record: True).timestamp / 1000
            yield max(ended_at - answered_at, 0.0), ended_at - appended_at


def offer(service: Any, product: Product, availability: product_pb2.Availability) -> float:
    """Says by UpsertProducts whether the product can be bought; returns when the answer came."""
    message = product_pb2.Product()
    message.CopyFrom(product.message)
    message.availability = availability
    answer = service.UpsertProducts(catalogue_pb.UpsertProductsRequest(products=[message]), timeout=_WITHIN_S)
    answered_at = time.time()
    if answer.results[0].status != catalogue_pb.PRODUCT_STATUS_OK:
        raise Unavailable("events", answer.results[0].message)
    return answered_at


class Asking:
    """Asks for the ads of one product 50 times a second, in a thread of its own."""

    def __init__(self, creative: Any, product_id: str) -> None:
        self._creative = creative
        self._product_id = product_id
        self._changed = threading.Condition()
        self._shown: bool | None = None
        self._since = 0.0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def until(self, *, shown: bool) -> float:
        """When the first answer came that shows the ad, or the first that does not."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._shown is shown, _WITHIN_S):
                raise Unavailable("creative", f"a product's change did not show within {_WITHIN_S:.0f} s")
            return self._since

    def _run(self) -> None:
        next_at = time.monotonic()
        while not self._ending.wait(max(next_at - time.monotonic(), 0.0)):
            next_at += _PERIOD_S
            shown = self._is_shown()
            with self._changed:
                if shown is not self._shown:
                    self._shown, self._since = shown, time.time()
                    self._changed.notify()

    def _is_shown(self) -> bool:
        places = [pb.Placement(placement_id="bench", format="300x250")]
        request = pb.SelectCreativesRequest(user_id=uuid.uuid4().hex, placements=places, product_ids=[self._product_id])
        answer = self._creative.SelectCreatives(request, timeout=2)
        return bool(answer.selections[0].product_id)

    def __enter__(self) -> Asking:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._ending.set()
        self._thread.join(_WITHIN_S)
