"""Implements CatalogueService: checks each product, publishes the valid ones, and tells which products there are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from protos.gen.adloom.catalogue.v1 import catalogue_service_pb2 as pb
from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.check_product import check_product
from services.catalogue.difference import digest_of, version_of
from services.catalogue.ports import Change
from services.catalogue.product_messages import record_of
from services.catalogue.product_table import ProductTable
from services.common.clock import Clock
from services.common.errors import Rejected, Unavailable
from services.common.metrics import METRICS
from services.common.page_token import check_page_token, page_token
from services.events.publish import Fate, Publisher
from services.events.servicer import RESERVE
from services.wire.codec.envelope import Record
from services.wire.codec.rules import check_fields

MOST_PRODUCTS: Final = 1000
"""Most products in one request, as in the proto's rules."""

LATE: Final = Unavailable("kafka", "its word did not come in time; send the product again")
_PAGE: Final = 100
_ID_LENGTH: Final = 128


class CatalogueServicer:
    """Publishes a shop's products; `is_whole` says whether `table` holds all that `ad.products` held at the start."""

    def __init__(self, publisher: Publisher, table: ProductTable, is_whole: Callable[[], bool], clock: Clock) -> None:
        self._publisher = publisher
        self._table = table
        self._is_whole = is_whole
        self._clock = clock

    async def upsert_products(self, request: pb.UpsertProductsRequest, budget_s: float) -> pb.UpsertProductsResponse:
        """One result per product, in order; raises `Rejected` if the request as a whole is invalid."""
        check_count("products", len(request.products))
        ids = [product.product_id for product in request.products]
        found = await asyncio.to_thread(self._records, request.products)  # a thousand take a tenth of a second
        fates = await self._publish(found, budget_s)
        return pb.UpsertProductsResponse(results=[result_of(*one) for one in zip(ids, fates, strict=True)])

    async def delete_products(self, request: pb.DeleteProductsRequest, budget_s: float) -> pb.DeleteProductsResponse:
        """One result per id, in order; raises `Rejected` if the request as a whole is invalid."""
        ids = list(request.product_ids)
        check_count("product_ids", len(ids))
        unknown = {one for one in ids if self._is_whole() and not self._table.has(one)}
        fates = await self._publish([self._tombstone(*one) for one in enumerate(ids)], budget_s)
        results = [result_of(*one) for one in zip(ids, fates, strict=True)]
        for result in results:
            if result.status == pb.PRODUCT_STATUS_OK and result.product_id in unknown:
                result.status = pb.PRODUCT_STATUS_UNKNOWN
                result.message = str(Rejected("unknown", "product_id", result.product_id, "a product on ad.products"))
        return pb.DeleteProductsResponse(results=results)

    async def get_product(self, request: pb.GetProductRequest) -> pb.GetProductResponse:
        """One product; raises `Rejected("not_found")`, and `Unavailable` before all products were read."""
        check_fields(request)
        self._require_whole()
        return pb.GetProductResponse(product=self._table.get(request.product_id))

    async def list_products(self, request: pb.ListProductsRequest) -> pb.ListProductsResponse:
        """A page in the order of ids; the token holds the last id of the previous page."""
        check_fields(request)
        after = check_page_token(request.page_token)
        self._require_whole()
        page, more = await asyncio.to_thread(self._table.page, after, request.page_size or _PAGE)
        return pb.ListProductsResponse(products=page, next_page_token=page_token(page[-1].product_id) if more else "")

    def _require_whole(self) -> None:
        if not self._is_whole():
            raise Unavailable("kafka", "the products were not all read yet; ask again")

    async def _publish(self, found: Sequence[Record | Rejected], budget_s: float) -> list[Fate]:
        """What became of each product: its rejection, or what the broker said of its record."""
        records = [one for one in found if isinstance(one, Record)]
        fates = iter(await self._publisher.publish(records, budget_s * (1 - RESERVE)))
        return [next(fates) if isinstance(one, Record) else one for one in found]

    def _records(self, products: Sequence[Product]) -> list[Record | Rejected]:
        ids: set[str] = set()
        return [self._record(product, f"products[{number}]", ids) for number, product in enumerate(products)]

    def _record(self, product: Product, where: str, ids: set[str]) -> Record | Rejected:
        """The record of a product, whose id then counts as taken; the same product gives the same event id again."""
        try:
            check_product(product)
            _claim(product.product_id, f"{where}.product_id", ids)
            version = version_of({product.product_id: digest_of(product)})
            return record_of(Change(product.product_id, product), version, self._clock.now())
        except Rejected as rejected:
            METRICS.rejected_events.labels("product", rejected.reason).inc()
            return rejected

    def _tombstone(self, number: int, product_id: str) -> Record | Rejected:
        if not 0 < len(product_id) <= _ID_LENGTH:
            METRICS.rejected_events.labels("product", "invalid").inc()
            return Rejected("invalid", f"product_ids[{number}]", product_id, f"1 to {_ID_LENGTH} characters")
        return record_of(Change(product_id, None), "", self._clock.now())


def check_count(field: str, count: int) -> None:
    """Raises `Rejected` for a request of no product or of too many; its products are checked one by one later."""
    if not 0 < count <= MOST_PRODUCTS:
        raise Rejected("invalid", field, f"{count} products", f"1 to {MOST_PRODUCTS} products")


def _claim(product_id: str, where: str, ids: set[str]) -> None:
    if product_id in ids:
        raise Rejected("double_id", where, product_id, "an id that no earlier product of the request has")
    ids.add(product_id)


def result_of(product_id: str, fate: Fate) -> pb.ProductResult:
    """The result that the caller gets for one product."""
    if fate is None:
        return pb.ProductResult(product_id=product_id, status=pb.PRODUCT_STATUS_OK)
    status = pb.PRODUCT_STATUS_REJECTED if isinstance(fate, Rejected) else pb.PRODUCT_STATUS_UNAVAILABLE
    return pb.ProductResult(product_id=product_id, status=status, message=str(fate))
