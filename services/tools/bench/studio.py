"""How fast ads are made of a new catalogue, how soon of a new product in the middle of it, what a price renews."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import IN_STOCK, Product
from services.assets.kafka_creatives import KafkaCreatives
from services.catalogue.ports import Change
from services.catalogue.product_messages import record_of
from services.common.errors import Unavailable
from services.tools.bench.figures import Figure
from services.tools.stack.session import RunningStack
from services.wire.kafka.producer import Producer, ProducerSettings

PRODUCTS: Final = 1_000
_OF_EACH: Final = 3
_KINDS: Final = ("coat", "dress", "boots", "scarf", "bag", "lamp", "tent", "mug", "chair", "backpack")
_COLOURS: Final = ("navy", "red", "olive", "sand", "black")
_WITHIN_S: Final = 1_800.0
_LOOK_S: Final = 0.02


class Made:
    """The ads of a topic, as they come."""

    def __init__(self, kafka: str) -> None:
        self._creatives = KafkaCreatives(kafka)
        self._creatives.follower.start()
        self._creatives.follower.caught_up.wait(60)

    def of(self, product_id: str) -> dict[str, int]:
        """The price that each served ad of a product shows, in minor units; 0: none."""
        found = self._creatives.table.all(lambda row: row.state == "APPROVED", product_ids=frozenset((product_id,)))
        return {ad.creative_id: ad.price.minor if ad.price else 0 for ad in found}

    def count(self) -> int:
        """How many are not retired."""
        return self._creatives.table.living()

    def revision(self) -> int:
        """Grows with every change."""
        return self._creatives.table.revision()

    def changed(self, since: int) -> Counter[str]:
        """How many ads have changed since, by product."""
        _, names = self._creatives.table.changed_since(since)
        found = (self._creatives.table.get(name) for name in names)
        return Counter(creative.product_id for creative in found if creative is not None)

    def close(self) -> None:
        """Stops following."""
        self._creatives.follower.stop(5.0)


def studio(running: RunningStack, products: int = PRODUCTS) -> list[Figure]:
    """The figures, on a stack whose demo shop has its ads already."""
    made = Made(running.kafka)
    try:
        return list(_figures(running.kafka, made, products))
    finally:
        made.close()


def _figures(kafka: str, made: Made, products: int) -> Iterator[Figure]:
    before, began = made.count(), time.monotonic()
    send(kafka, [product_of(number) for number in range(products)])
    yield Figure("studio_first_ad", seconds_until(lambda: made.count() > before, began), f"s, {products} products")
    half = before + products * _OF_EACH // 2
    seconds_until(lambda: made.count() >= half, began)
    asked = time.monotonic()
    send(kafka, [product_of(products)])
    fresh = seconds_until(lambda: bool(made.of(name_of(products))), asked)
    yield Figure("studio_first_ad_of_a_new_product", fresh, f"s, while {products // 2} others wait")
    whole = before + (products + 1) * _OF_EACH
    took = seconds_until(lambda: made.count() >= whole, began)
    yield Figure("studio_ads_per_minute", (whole - before) / took * 60, f"ads/min, {_OF_EACH} formats")
    yield from _renewal(kafka, made)


def _renewal(kafka: str, made: Made) -> Iterator[Figure]:
    """One product's price changes."""
    product, since, began = product_of(0), made.revision(), time.monotonic()
    product.price_minor += 100
    with_price = sum(price > 0 for price in made.of(product.product_id).values())
    send(kafka, [product])
    renewed = lambda: list(made.of(product.product_id).values()).count(product.price_minor) == with_price  # noqa: E731
    yield Figure("studio_renewal", seconds_until(renewed, began), f"s until {with_price} ads state the new price")
    others = made.changed(since) - Counter({product.product_id: 2 * _OF_EACH})
    yield Figure("studio_renewal_others", others.total(), "ads of other products that were touched")


def product_of(number: int) -> Product:
    """A product of its own."""
    kind, colour = _KINDS[number % len(_KINDS)], _COLOURS[number % len(_COLOURS)]
    return Product(
        product_id=name_of(number),
        title=f"{colour.capitalize()} {kind} {number}",
        description=f"A {colour} {kind} of cotton.",
        price_minor=2_000 + number,
        currency="EUR",
        availability=IN_STOCK,
        product_type=kind,
        colour=colour,
        material="cotton",
        language="en",
    )


def name_of(number: int) -> str:
    """Its id."""
    return f"studio-{number:05}"


def send(kafka: str, products: list[Product]) -> None:
    """Returns when the broker has them."""
    producer, now = Producer(ProducerSettings(kafka, "bench", linger_ms=20)), datetime.now(UTC)
    try:
        for product in products:
            producer.send(record_of(Change(product.product_id, product), "bench", now))
        producer.flush(60)
    finally:
        producer.close(5)


def seconds_until(holds: Callable[[], bool], began: float) -> float:
    """Seconds from then until it holds; raises `Unavailable` where it never does."""
    while not holds():
        if time.monotonic() - began > _WITHIN_S:
            raise Unavailable("studio", f"it did not come so far within {_WITHIN_S:.0f} s")
        time.sleep(_LOOK_S)
    return time.monotonic() - began
