"""The library of creatives of the running stack, and the products that it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from services.assets.add_banners import Shop
from services.assets.library import Library
from services.assets.open_library import stored_library
from services.catalogue.catalogue import Catalogue, demo_catalogue, read_catalogue
from services.catalogue.kafka_products import KafkaProducts
from services.cli.broker import broker_of
from services.common.clock import SystemClock
from services.tools.stack.state_dir import StateDir

if TYPE_CHECKING:
    from protos.gen.adloom.catalogue.v1.product_pb2 import Product


class KafkaShop:
    """What the shop sells, by `ad.products` and the catalogue's file; read when it is first asked for."""

    def __init__(self, kafka: str, catalogue: Catalogue) -> None:
        self._kafka = kafka
        self._catalogue = catalogue

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """The products on `ad.products`, by id."""
        return {product.product_id: product for product in KafkaProducts(self._kafka, SystemClock()).all()}

    def knows(self, product_id: str) -> bool:
        """See `Knows`."""
        return product_id in self._catalogue.index or product_id in self.products

    def title_of(self, product_id: str) -> str:
        """See `Shop.title_of`."""
        found = self.products.get(product_id)
        return found.title if found is not None else self._catalogue.product(product_id).title


def catalogue_of(environ: Mapping[str, str]) -> Catalogue:
    """The catalogue's file."""
    own = environ.get("ADLOOM_CATALOGUE")
    return read_catalogue(Path(own)) if own else demo_catalogue()


def parts_of(state_dir: StateDir, environ: Mapping[str, str]) -> tuple[Library, Shop]:
    """The library as the running stack has it now, and the shop that it is for."""
    kafka = broker_of(environ).kafka
    shop = KafkaShop(kafka, catalogue_of(environ))
    return stored_library(kafka, environ.get("ADLOOM_ASSETS_DIR") or str(state_dir.assets), shop.knows), shop


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
