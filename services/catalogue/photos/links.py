"""Which pictures products need, and which of them are still to be got; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from protos.gen.adloom.catalogue.v1.product_pb2 import Product


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that a product needs."""

    link: str
    product_id: str  # the first one that names the link
    is_main: bool  # whether it is that product's first one
    before: Photo | None = None  # what `ad.photos` says of it, where it is asked again: it may be unchanged
    keeps: bool = False  # what is known of it outlasts a file that is no photo, which may be a host's bad day


@dataclass(frozen=True, slots=True)
class Known:
    """What `ad.photos` says about a link."""

    sha256: str  # empty: it was refused
    refused: str
    fetched_at: datetime
    brought: bool = False  # as a file


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do."""

    there: int
    refused: tuple[tuple[Wanted, str], ...]  # and why, in an earlier run
    to_get: tuple[Wanted, ...]


def links_of(product: Product, additional: int) -> tuple[str, ...]:
    """The links under which `ad.photos` has the pictures of a product: the main one, then at most `additional` others.

    The picture of a product that names none can lie in a folder under the product's id, which is its link then.

    >>> links_of(Product(product_id="7", image_links=["a.jpg", "b.jpg", "a.jpg", "c.jpg"]), additional=1)
    ('a.jpg', 'b.jpg')
    >>> links_of(Product(product_id="7"), additional=1)
    ('7',)
    """
    return tuple(dict.fromkeys(product.image_links))[: 1 + additional] or (product.product_id,)


def wanted_pictures(links: Mapping[str, tuple[str, ...]]) -> tuple[Wanted, ...]:
    """Each link of the products (`links_of` by product id) once; all main pictures before all others.

    >>> [one.link for one in wanted_pictures({"1": ("a", "b"), "2": ("c", "a"), "3": ("b",)})]
    ['a', 'c', 'b']
    """
    found: dict[str, Wanted] = {}
    for product_id, (main, *_) in links.items():
        found.setdefault(main, Wanted(main, product_id, is_main=True))
    for product_id, (_, *others) in links.items():
        for link in others:
            found.setdefault(link, Wanted(link, product_id, is_main=False))
    return tuple(found.values())


def plan_of(
    wanted: Iterable[Wanted], known: Mapping[str, Known], is_stale: Callable[[Wanted, Known], bool], again: bool
) -> Plan:
    """Leaves out what was taken or refused before, unless it `is_stale`; with `again` what was refused is got, too."""
    there, refused, to_get = 0, [], []
    for one in wanted:
        before = known.get(one.link)
        if before is None or is_stale(one, before):
            to_get.append(one)
        elif before.sha256:
            there += 1
        elif again:
            to_get.append(one)
        else:
            refused.append((one, before.refused))
    return Plan(there, tuple(refused), tuple(to_get))
