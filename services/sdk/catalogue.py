"""Changes single products of a shop by CatalogueService; whole feeds are imported with `adloom catalogue import`.

    with channel_to(stack["events"]) as channel:
        for result in upsert(CatalogueServiceStub(channel), [Product(product_id="tee-breton", ...)]):
            print(result.product_id, ProductStatus.Name(result.status), result.message)

Both calls are safe to repeat. The ads of a product follow within a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from protos.gen.adloom.catalogue.v1 import catalogue_service_pb2 as pb
from protos.gen.adloom.catalogue.v1.catalogue_service_pb2_grpc import CatalogueServiceStub
from protos.gen.adloom.catalogue.v1.product_pb2 import Product

AT_ONCE: Final = 1000
"""Products of one call, as in the proto."""

_CALL_BYTES: Final = 3 * 1024 * 1024
"""Where a call ends sooner: a request may have 4 MiB, and the largest product has less than 1 MiB."""


def upsert(stub: CatalogueServiceStub, products: Iterable[Product], timeout_s: float = 10.0) -> list[pb.ProductResult]:
    """Adds or replaces products, up to a thousand a call; one result each, in order. Raises `grpc.RpcError`."""
    found: list[pb.ProductResult] = []
    for some in calls_of(products):
        found += stub.UpsertProducts(pb.UpsertProductsRequest(products=some), timeout=timeout_s).results
    return found


def delete(stub: CatalogueServiceStub, product_ids: Iterable[str], timeout_s: float = 10.0) -> list[pb.ProductResult]:
    """Ends products and their ads, up to a thousand a call; one result each, in order. Raises `grpc.RpcError`."""
    found: list[pb.ProductResult] = []
    rest = iter(product_ids)
    while some := list(islice(rest, AT_ONCE)):
        found += stub.DeleteProducts(pb.DeleteProductsRequest(product_ids=some), timeout=timeout_s).results
    return found


def calls_of(products: Iterable[Product]) -> Iterator[list[Product]]:
    """The products of each call.

    >>> [len(some) for some in calls_of([Product()] * (AT_ONCE + 1))]
    [1000, 1]
    """
    some: list[Product] = []
    room = _CALL_BYTES
    for product in products:
        size = product.ByteSize()
        if some and (len(some) == AT_ONCE or size > room):
            yield some
            some, room = [], _CALL_BYTES
        some.append(product)
        room -= size
    if some:
        yield some
