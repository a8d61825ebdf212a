"""The library of creatives of the running stack, and the products that it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from services.assets.banners.shop import Shop
from services.assets.kafka_creatives import creatives_now
from services.assets.library import Library
from services.assets.open_library import stored_library
from services.assets.pictures.named_pictures import named_pictures
from services.assets.pictures.picture_store import PictureStore, pictures_in
from services.catalogue.kafka_products import KafkaProducts
from services.catalogue.link_host import host_of
from services.cli.broker import broker_of
from services.common.clock import SystemClock
from services.common.errors import Rejected
from services.common.settings import read
from services.tools.stack import control
from services.tools.stack.pictures_place import place_of
from services.tools.stack.state_dir import StateDir

if TYPE_CHECKING:
    from protos.gen.adloom.catalogue.v1.product_pb2 import Product


class KafkaShop:
    """What the shop sells, by `ad.products`; read when it is first asked for."""

    def __init__(self, kafka: str) -> None:
        self._kafka = kafka

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """The products on `ad.products`, by id."""
        return {product.product_id: product for product in KafkaProducts(self._kafka, SystemClock()).all()}

    def knows(self, product_id: str) -> bool:
        """See `Knows`."""
        return product_id in self.products

    def title_of(self, product_id: str) -> str:
        """See `Shop.title_of`."""
        if product_id not in self.products:
            raise Rejected("invalid", "product_id", product_id, "a product of the shop's catalogue")
        return self.products[product_id].title

    def product_of(self, product_id: str) -> Product | None:
        """See `Shop.product_of`."""
        return self.products.get(product_id)

    def hosts(self) -> frozenset[str]:
        """See `Shop.hosts`."""
        return frozenset(host_of(product.link) for product in self.products.values()) - {""}

    def of_category(self, category: str) -> list[str]:
        """See `Shop.of_category`."""
        named = category.casefold()
        return [name for name, product in self.products.items() if named in _levels(product.product_type)]


def _levels(product_type: str) -> list[str]:
    return [level.strip().casefold() for level in product_type.split(">")]


def parts_of(state_dir: StateDir, environ: Mapping[str, str]) -> tuple[Library, Shop]:
    """The library as the running stack has it now, and the shop that it is for."""
    kafka = broker_of(environ).kafka
    shop = KafkaShop(kafka)
    place, eyes = place_of(state_dir, environ), four_eyes_of(state_dir, environ)
    return stored_library(kafka, place, shop.knows, four_eyes=eyes), shop


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whether two persons approve what is served."""

    four_eyes: bool = False


def four_eyes_of(state_dir: StateDir, environ: Mapping[str, str]) -> bool:
    """What the running stack asks for; a shell may ask for more, not for less."""
    said = {"ADLOOM_FOUR_EYES": control.read_state(state_dir).get("four_eyes", "")}
    return read(Eyes, environ).four_eyes or read(Eyes, said).four_eyes


def own_store(state_dir: StateDir, environ: Mapping[str, str]) -> tuple[PictureStore, set[str]]:
    """The running stack's pictures, and the hashes of those that something names."""
    kafka = broker_of(environ).kafka
    named = named_pictures(creatives_now(kafka), kafka)
    return pictures_in(place_of(state_dir, environ)), named


@contextmanager
def own_parts(state_dir: StateDir, environ: Mapping[str, str]) -> Iterator[tuple[Library, Shop]]:
    """As `parts_of`; the connection is closed at the end."""
    library, shop = parts_of(state_dir, environ)
    with closing(library):
        yield library, shop


@contextmanager
def own_library(state_dir: StateDir, environ: Mapping[str, str]) -> Iterator[Library]:
    """The library alone."""
    with own_parts(state_dir, environ) as (library, _):
        yield library
