"""A fake ad server without a stack: chooses uniformly among given creatives; for dry runs and tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.assets.creative import Creative
from services.simulator.ports import Ad, AdRequest


class DryAdServer:
    """An `AdServer` that records its requests; with `silent` set it answers none."""

    def __init__(self, creatives: Sequence[Creative], rng: np.random.Generator) -> None:
        self._creatives = creatives
        self._rng = rng
        self.requests: list[AdRequest] = []
        self.silent = False

    async def serve(self, request: AdRequest) -> Ad | None:
        """See `AdServer`."""
        self.requests.append(request)
        fitting = [creative for creative in self._creatives if creative.format == request.format]
        if self.silent or not fitting:
            return None
        chosen = fitting[int(self._rng.integers(len(fitting)))]
        return Ad(chosen.creative_id, chosen.product_id, chosen.headline, f"token-{request.request_id}")
