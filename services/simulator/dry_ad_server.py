"""An ad server without a stack: chooses uniformly among given creatives; for dry runs and tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.assets.creative import Creative
from services.simulator.ports import Ad, Question


class DryAdServer:
    """An `AdServer` that remembers what it was asked; set `silent` to have it answer nothing."""

    def __init__(self, creatives: Sequence[Creative], rng: np.random.Generator) -> None:
        self._creatives = creatives
        self._rng = rng
        self.questions: list[Question] = []
        self.silent = False

    async def ask(self, question: Question) -> Ad | None:
        """See `AdServer`."""
        self.questions.append(question)
        fitting = [creative for creative in self._creatives if creative.format == question.format]
        if self.silent or not fitting:
            return None
        chosen = fitting[int(self._rng.integers(len(fitting)))]
        return Ad(chosen.creative_id, chosen.product_id, chosen.headline, f"token-{question.request_id}")
