"""Tables of creatives and products in memory, as the index of candidates asks for them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.catalogue.facts import ProductFacts, product_facts
from services.catalogue.offers import Offers
from services.catalogue.terms import DIMENSIONS
from services.common.clock import FixedClock
from services.common.verdict import STAND_IN
from services.creative.candidates.increments import Increments, Tables
from services.policies.posterior import PRIOR, Posterior

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def creative(creative_id: str, product_id: str, format_: str = "300x250", **fields: object) -> Creative:
    """An approved creative, with other fields where given."""
    given: dict[str, object] = {
        "headline": creative_id,
        "body": "",
        "call_to_action": "",
        "approved_by": "ada",
        "ai_generated": False,
        "made_by": "",
        "created_at": NOW,
        "image_sha256": "",
        "lineage": {},
        "state": "APPROVED",
        "verdict": STAND_IN,
    }
    return Creative(creative_id, product_id, format_, **{**given, **fields})  # type: ignore[arg-type]


def house(format_: str) -> Creative:
    """The house creative of a format."""
    return creative(f"house-{format_}", "", format_)


class Revisions:
    """Remembers what changed, in order."""

    def __init__(self) -> None:
        self._changes: list[str] = []

    def changed_since(self, revision: int) -> tuple[int, list[str]]:
        """See `services.creative.candidates.ports`."""
        return len(self._changes), list(dict.fromkeys(reversed(self._changes[revision:])))


class CreativesInMemory(Revisions):
    """A `Creatives`."""

    def __init__(self) -> None:
        super().__init__()
        self.all: dict[str, Creative] = {}

    def put(self, *creatives: Creative) -> None:
        """They are so from now on."""
        for one in creatives:
            self.all[one.creative_id] = one
            self._changes.append(one.creative_id)

    def remove(self, creative_id: str) -> None:
        """It is gone."""
        del self.all[creative_id]
        self._changes.append(creative_id)

    def get(self, creative_id: str) -> Creative | None:
        """See `services.creative.candidates.ports.Creatives`."""
        return self.all.get(creative_id)


class ProductsInMemory(Revisions):
    """A `Products`."""

    def __init__(self) -> None:
        super().__init__()
        self._facts: dict[str, ProductFacts | None] = {}
        self._vocabulary = 0

    def put(self, product_id: str, facts: ProductFacts | None) -> None:
        """It is so from now on; None: it is gone."""
        self._facts[product_id] = facts
        self._changes.append(product_id)

    def new_vocabulary(self) -> None:
        """All texts have other vectors from now on."""
        self._vocabulary += 1
        self._changes += self._facts

    def facts(self, product_id: str) -> ProductFacts | None:
        """See `services.creative.candidates.ports.Products`."""
        return self._facts.get(product_id)

    def vocabulary_version(self) -> int:
        """See `services.creative.candidates.ports.Products`."""
        return self._vocabulary

    def text_vector(self, text: str) -> NDArray[np.float64]:
        """See `services.creative.candidates.ports.Products`."""
        return np.full(DIMENSIONS, float(len(text) + self._vocabulary))


def facts(seed: int, price_rank: float = 0.5) -> ProductFacts:
    """A product that points in a direction of its own."""
    vector = np.random.default_rng(seed).standard_normal(DIMENSIONS)
    return product_facts(vector / np.linalg.norm(vector), 3, price_rank)


class Shop:
    """The tables, and the increments that follow them."""

    def __init__(self) -> None:
        self.creatives = CreativesInMemory()
        self.products = ProductsInMemory()
        self.offers = Offers()
        self.posterior: Posterior = PRIOR
        self.clock = FixedClock(NOW)

    def increments(self) -> Increments:
        """New ones, which have seen nothing yet."""
        return Increments(Tables(self.creatives, self.products, self.offers), lambda: self.posterior, house, self.clock)

    def shown(self, format_: str = "300x250") -> set[str]:
        """The creatives that an index made from scratch shows."""
        subject = self.increments()
        subject.catch_up()
        return shown(subject, format_)


def shown(subject: Increments, format_: str = "300x250") -> set[str]:
    """The creatives that may be shown."""
    view = subject.views.pools.get(format_)
    return set() if view is None else {view.columns.creative_ids[row] for row in view.rows}
