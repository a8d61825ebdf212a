"""The shop that sells the demo's goods, for banners that advertise them."""

from __future__ import annotations

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.catalogue import demo_catalogue


class DemoShop:
    """A `services.assets.banners.shop.Shop`."""

    def title_of(self, product_id: str) -> str:
        """The title in the demo's catalogue."""
        return demo_catalogue().product(product_id).title

    def product_of(self, product_id: str) -> Product | None:
        """Of the demo's catalogue."""
        return demo_catalogue().product(product_id).message

    def hosts(self) -> frozenset[str]:
        """Of the links that the demo's products might have."""
        return frozenset({"shop.example"})

    def of_category(self, category: str) -> list[str]:
        """Of the demo's catalogue."""
        return [product.product_id for product in demo_catalogue().products if product.category == category]
