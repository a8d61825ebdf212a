"""What has changed of creatives and products, and what becomes of each: a row, or none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from services.assets.creative import Creative
from services.creative.candidates.catalogue_version import NO_PRODUCT, CatalogueVersion
from services.creative.candidates.entry import entry_of, facts_of
from services.creative.candidates.pool import Entry
from services.creative.candidates.ports import Creatives, Products

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Placed:
    """A creative that may be served, in the pool of its format."""

    format: str
    entry: Entry


class Due:
    """Belongs to one thread. What changed last is due first, so that no end waits for many new creatives."""

    def __init__(self, creatives: Creatives, products: Products, text_encoder: str) -> None:
        self.version = CatalogueVersion()
        """Of the products that what was taken was made of."""
        self.taken = 0  # creatives and products that were looked at: tells progress
        self.failed = 0  # creatives that could not be made, by a bug
        self._creatives = creatives
        self._products = products
        self._text_encoder = text_encoder
        self._seen = {"creatives": 0, "products": 0, "vocabulary": -1}  # revisions
        self._creatives_of: dict[str, tuple[str, ...]] = {}  # by product; of all that are approved
        self._waiting: dict[tuple[str, str], None] = {}  # kind and id; the last is taken first

    def __len__(self) -> int:
        return len(self._waiting)

    def is_behind(self) -> bool:
        """Whether the tables have changed since `see`."""
        creatives, products = self._seen["creatives"], self._seen["products"]
        tables = self._creatives.changed_since(creatives)[0], self._products.changed_since(products)[0]
        return tables != (creatives, products)

    def see(self, breathe: Callable[[int], None]) -> None:
        """Puts what has changed before what waits already."""
        vocabulary, before = self._products.vocabulary_version(), self._seen["vocabulary"]
        self._seen["vocabulary"] = vocabulary
        texts = [NO_PRODUCT] if vocabulary != before else []
        self._seen["products"], products = self._products.changed_since(self._seen["products"])
        self._seen["creatives"], creatives = self._creatives.changed_since(self._seen["creatives"])
        for kind, names in (("product", texts), ("product", products), ("creative", creatives)):
            for number, name in enumerate(names):
                self._waiting.pop((kind, name), None)
                self._waiting[kind, name] = None
                breathe(number)

    def take(self, most: int, breathe: Callable[[], None] = lambda: None) -> dict[str, Placed | None]:
        """What becomes of the creatives that at most so many changes concern; None: it is not served.

        All creatives of a product are due together, so that no two of them see it differently.
        """
        due: dict[str, Creative | None] = {}
        for _ in range(min(most, len(self._waiting))):
            kind, name = self._waiting.popitem()[0]
            if kind == "product":
                self._take_product(name, due)
            else:
                self._take_creative(name, due)
            self.taken += 1
        placed = {}
        for name, creative in due.items():
            placed[name] = None if creative is None else self._placed(creative)
            breathe()
        return placed

    def _take_product(self, product_id: str, due: dict[str, Creative | None]) -> None:
        """Its creatives are due where features see it otherwise than before."""
        facts, vocabulary = self._products.facts(product_id), self._products.vocabulary_version()
        if self.version.differs(product_id, facts, vocabulary):
            self.version.put(product_id, facts, vocabulary)
            for creative_id in self._creatives_of.get(product_id, ()):
                if creative_id not in due:
                    due[creative_id] = self._creatives.get(creative_id)

    def _take_creative(self, creative_id: str, due: dict[str, Creative | None]) -> None:
        creative = due[creative_id] = self._creatives.get(creative_id)
        if creative is None:
            return
        product_id, siblings = creative.product_id, self._creatives_of.get(creative.product_id, ())
        if not creative.is_approved:
            self._creatives_of[product_id] = tuple(name for name in siblings if name != creative_id)
        elif creative_id not in siblings:
            self._creatives_of[product_id] = (*siblings, creative_id)
        self._take_product(product_id, due)  # its facts may be newer than those that the others were made of

    def _placed(self, creative: Creative) -> Placed | None:
        """None where nobody approved it (law 9), or its product is not known (any more)."""
        if not creative.is_approved or creative.is_house:
            return None
        product = self._products.facts(creative.product_id) if creative.product_id else None
        if creative.product_id and product is None:
            return None
        try:
            text = self._products.text_vector(creative.headline)
            return Placed(creative.format, entry_of(creative, facts_of(creative, product, text, self._text_encoder)))
        except Exception:  # of ours: no creative may keep the thread from the next ones
            self.failed += 1
            _LOG.exception("Creative %s cannot be served", creative.creative_id)
            return None
