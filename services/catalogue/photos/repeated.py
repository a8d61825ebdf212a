"""Photos that many unrelated products have in common: a shop's "no image", or its logo; pure.

Variants have one photo by right, so products count as related that are of one group, or whose titles have half of their
words in common. A photo of `UNRELATED` products none of which is related to another shows none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.photos.links import links_of

UNRELATED: Final = 5
"""A scene of four products that belong together is a photo of each; of more it is a photo of none."""
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Named:
    """What is to be known of a product that names a photo."""

    link: str
    group: str  # of variants; empty: none
    title: str

    @classmethod
    def of(cls, product: Product) -> Named:
        """By its row."""
        return cls(links_of(product, additional=0)[0], product.item_group_id, product.title)


class Repeated:
    """Belongs to one thread; what it returns are the products of a photo that is repeated now, or no more."""

    def __init__(self) -> None:
        self._named: dict[str, Named] = {}  # by product
        self._products: dict[str, dict[str, None]] = {}  # by link, in the order in which they came
        self._sha256: dict[str, str] = {}  # by link
        self._links: dict[str, set[str]] = {}  # by photo
        self._apart: dict[str, Apart] = {}  # by photo
        self._many: set[str] = set()  # photos

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._many

    def __len__(self) -> int:
        return len(self._many)

    def put_product(self, product_id: str, named: Named | None) -> set[str]:
        """The product names this photo from now on; None: none."""
        before = self._named.get(product_id)
        if before == named:
            return set()
        turned: set[str] = set()
        if before is not None:
            del self._named[product_id], self._products[before.link][product_id]
            turned |= self._anew(self._sha256.get(before.link, ""))
        if named is not None:
            self._named[product_id] = named
            self._products.setdefault(named.link, {})[product_id] = None
            turned |= self._more(self._sha256.get(named.link, ""), [named])
        return turned

    def put_photo(self, link: str, sha256: str) -> set[str]:
        """This photo is behind the link from now on; empty: none."""
        before = self._sha256.pop(link, "")
        if before:
            self._links[before].discard(link)
        if sha256:
            self._sha256[link] = sha256
            self._links.setdefault(sha256, set()).add(link)
        named = [self._named[one] for one in self._products.get(link, ())]
        return self._anew(before) | self._more(sha256, named)

    def all(self) -> Iterator[tuple[str, list[str]]]:
        """The photos that are repeated, with their products."""
        for sha256 in sorted(self._many):
            yield sha256, sorted(self._products_of(sha256))

    def _more(self, sha256: str, named: Iterable[Named]) -> set[str]:
        """More products have the photo."""
        if not sha256:
            return set()
        was, apart = sha256 in self, self._apart.setdefault(sha256, Apart())
        for one in named:
            apart.add(one)
        if was or not apart.are_many:
            return set()
        self._many.add(sha256)
        return set(self._products_of(sha256))

    def _anew(self, sha256: str) -> set[str]:
        """Fewer products have the photo."""
        was = sha256 in self
        self._apart.pop(sha256, None)
        self._many.discard(sha256)
        self._more(sha256, (self._named[one] for one in self._products_of(sha256)))
        return set(self._products_of(sha256)) if was and sha256 not in self else set()

    def _products_of(self, sha256: str) -> Iterator[str]:
        return (product_id for link in self._links.get(sha256, ()) for product_id in self._products.get(link, ()))


class Apart:
    """The first products of a photo of which none is related to another, at most `UNRELATED`.

    >>> def are_many(*titles):
    ...     apart = Apart()
    ...     return [apart.add(Named("", "", title)) for title in titles] and apart.are_many
    >>> are_many("Breton tee", "Desk lamp", "Wool hat", "Blue mug", "Oak table")
    True
    >>> are_many(*(f"Case for phone {number}" for number in range(9)))
    False
    """

    def __init__(self) -> None:
        self._first: list[tuple[str, frozenset[str]]] = []

    @property
    def are_many(self) -> bool:
        """Whether the photo shows none of them."""
        return len(self._first) >= UNRELATED

    def add(self, named: Named) -> None:
        """One more product."""
        words = frozenset(named.title.casefold().split())
        if not self.are_many and not any(_is_related(named.group, words, *other) for other in self._first):
            self._first.append((named.group, words))


def _is_related(group: str, words: frozenset[str], other: str, others: frozenset[str]) -> bool:
    if group and group == other:
        return True
    return len(words & others) >= _HALF * max(1, min(len(words), len(others)))
