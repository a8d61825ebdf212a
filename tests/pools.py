"""Pools of creatives with products that point in directions of their own."""

from __future__ import annotations

import numpy as np

from services.catalogue.facts import product_facts
from services.catalogue.terms import DIMENSIONS
from services.creative.candidates.pool import Entry, Pool
from services.creative.candidates.pool_view import PoolView
from services.features.creative_columns import CreativeFacts
from services.features.profile import Interaction, Kind, Profile, apply
from services.policies.posterior import PRIOR

HOUSE = CreativeFacts("house-300x250", "", None, np.zeros(DIMENSIONS), False, 0.0)


def pool_of(count: int, a_product: int = 1, seed: int = 5) -> Pool:
    """So many creatives c000, c001 .. of products p0, p1 .., which have `a_product` creatives each."""
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSIONS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    facts = [product_facts(vector, 3) for vector in vectors]
    pool = Pool(HOUSE)
    entries = [
        CreativeFacts(f"c{n:03}", f"p{n // a_product}", facts[n // a_product], np.zeros(DIMENSIONS), False, 0.0)
        for n in range(count)
    ]
    pool.add([Entry(one) for one in entries], PRIOR, lambda _: True)
    return pool


def view_of(pool: Pool) -> PoolView:
    """What is eligible in the pool."""
    return pool.view(0, 0, "v")


def interested_in(view: PoolView, creative_id: str) -> Profile:
    """A shopper who clicked the creative's product."""
    row = view.row_of[creative_id]
    facts = product_facts(view.columns.take([row]).product_vectors[0], 3)
    return apply(Profile(), Interaction(Kind.CLICK, "p", 1_772_323_200_000_000), lambda _: facts)
