"""Changes single products of a shop by CatalogueService; whole feeds are imported with `adloom catalogue import`.

    with channel_to(stack["events"]) as channel:
        for result in upsert(channel, [Product(product_id="tee-breton", ...)]):
            print(result.product_id, ProductStatus.Name(result.status), result.message)

Both calls are safe to repeat. The ads of a product follow within a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

import grpc

from protos.gen.adloom.catalogue.v1 import catalogue_service_pb2 as pb
from protos.gen.adloom.catalogue.v1.catalogue_service_pb2_grpc import CatalogueServiceStub
from protos.gen.adloom.catalogue.v1.product_pb2 import Product

AT_ONCE: Final = 200
"""Products of one call: 20 kB each, five times as large as most, they still fit into a request of 4 MiB."""


def upsert(channel: grpc.Channel, products: Iterable[Product], timeout_s: float = 10.0) -> Iterator[pb.ProductResult]:
    """Adds or replaces products, some hundreds a call; one result each, in order. Raises `grpc.RpcError`."""
    stub: Any = CatalogueServiceStub(channel)
    rest = iter(products)
    while some := list(islice(rest, AT_ONCE)):
        yield from stub.UpsertProducts(pb.UpsertProductsRequest(products=some), timeout=timeout_s).results


def delete(channel: grpc.Channel, product_ids: Iterable[str], timeout_s: float = 10.0) -> Iterator[pb.ProductResult]:
    """Ends products and their ads, some hundreds a call; one result each, in order. Raises `grpc.RpcError`."""
    stub: Any = CatalogueServiceStub(channel)
    rest = iter(product_ids)
    while some := list(islice(rest, AT_ONCE)):
        yield from stub.DeleteProducts(pb.DeleteProductsRequest(product_ids=some), timeout=timeout_s).results
