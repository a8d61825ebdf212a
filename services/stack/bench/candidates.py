"""Creatives made for measuring: a format of their own, in which naming products gives 1, 16, 64 or 256 candidates."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from services.assets.catalogue import demo_catalogue
from services.assets.creative import Draft
from services.assets.library import Library
from services.common.clock import SystemClock
from services.features.vector import CATEGORIES, DENSE_FEATURES
from services.models.triton_client import TritonModels

FORMAT = "336x280"
_CREATIVES_OF = dict(zip([p.product_id for p in demo_catalogue().products], (1, 15, 48, 192), strict=False))
_NAMES = list(_CREATIVES_OF)
PRODUCTS_FOR = {1: _NAMES[:1], 16: _NAMES[:2], 64: _NAMES[:3], 256: _NAMES[:4]}
"""Products to name for so many candidates."""


def load(assets: Path) -> None:
    """Adds the creatives to the library in `assets`; a second time adds nothing."""
    library = Library(assets, demo_catalogue(), SystemClock())
    picture = library.picture(library.houses()[0])
    drafts = [
        Draft(product, FORMAT, f"Measured {number}", "", "Look", "bench", recipe=f"bench/{product}/{number}")
        for product, count in _CREATIVES_OF.items()
        for number in range(count)
    ]
    library.add_all([(draft, picture) for draft in drafts])
    library.close()


class BareScores:
    """Scores of random rows, straight from Triton."""

    def __init__(self, triton: str) -> None:
        self._models = TritonModels(triton)
        self._chance = np.random.default_rng(7)

    async def score(self, count: int) -> None:
        """One call with so many rows."""
        dense = self._chance.standard_normal((count, len(DENSE_FEATURES)), dtype=np.float32)
        categories = np.zeros((count, len(CATEGORIES)), dtype=np.int64)
        await self._models.score(dense, categories, budget_s=2.0)

    async def close(self) -> None:
        """Ends the connection."""
        await self._models.close()
