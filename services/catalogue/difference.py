"""What an import changes: products compared by a digest of their content, so that importing twice changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.common.errors import Misconfigured

Digests = Mapping[str, bytes]
"""Digest by product id; a million of them need some 200 MB."""

MOST_LOST: Final = 0.9
"""A feed that lacks this share of the products that there were is taken for a broken one."""

_DIGEST_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Difference:
    """How many products an import adds, changes, takes away and leaves."""

    new: int
    changed: int
    gone: int
    unchanged: int


def digest_of(product: pb.Product) -> bytes:
    """The digest of a product's content; equal for equal products of one version of the code."""
    return hashlib.blake2b(product.SerializeToString(deterministic=True), digest_size=_DIGEST_BYTES).digest()


def difference(before: Digests, after: Digests) -> Difference:
    """What changes from one set of products to another.

    >>> difference({"a": b"1", "b": b"1", "c": b"1"}, {"b": b"1", "c": b"2", "d": b"1"})
    Difference(new=1, changed=1, gone=1, unchanged=1)
    """
    kept = sum(product_id in before for product_id in after)
    unchanged = sum(before.get(product_id) == digest for product_id, digest in after.items())
    return Difference(len(after) - kept, kept - unchanged, len(before) - kept, unchanged)


def check_loss(found: Difference) -> None:
    """Raises `Misconfigured` where so many products are gone that the feed is likely to be broken."""
    before = found.changed + found.gone + found.unchanged
    if before and found.gone >= MOST_LOST * before:
        raise Misconfigured(
            f"The feed lacks {found.gone} of the {before} products that there are: nothing is taken. "
            "If they are to end, import it with --force."
        )


def version_of(products: Digests) -> str:
    """The version of a set of products: the same for the same products in any order.

    >>> version_of({"a": b"1", "b": b"2"}) == version_of({"b": b"2", "a": b"1"})
    True
    """
    whole = hashlib.sha256()
    for product_id in sorted(products):
        whole.update(len(product_id).to_bytes(4, "big") + product_id.encode() + products[product_id])
    return whole.hexdigest()[:16]
