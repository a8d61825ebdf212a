"""What a library's commands need to know of the shop."""

from __future__ import annotations

from typing import Protocol

from protos.gen.adloom.catalogue.v1.product_pb2 import Product


class Shop(Protocol):
    """The catalogue; each method may block, and raises `Unavailable`."""

    def title_of(self, product_id: str) -> str:
        """The title of a product; raises `Rejected` where the shop has none of this id."""
        ...

    def product_of(self, product_id: str) -> Product | None:
        """The row of a product; None where the shop has none of this id."""
        ...

    def hosts(self) -> frozenset[str]:
        """The hosts of the catalogue's links (`services.catalogue.link_host`)."""
        ...

    def of_category(self, category: str) -> list[str]:
        """The products of a category, which is any level of "Clothing > Shirts", in any case of letters."""
        ...
