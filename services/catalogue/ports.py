"""What an import needs of the place where products are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb


@dataclass(frozen=True, slots=True)
class Change:
    """A product that is new or changed; without a product it is gone."""

    product_id: str
    product: pb.Product | None


class ProductSink(Protocol):
    """Keeps the products of the shop."""

    def digests(self) -> Mapping[str, bytes]:
        """The digest (`difference.digest_of`) of each product that there is; may block, raises `Unavailable`."""
        ...

    def apply(self, version: str, changes: Iterator[Change]) -> None:
        """Takes all changes or none; may block, raises `Unavailable`. To apply the same again changes nothing."""
        ...
