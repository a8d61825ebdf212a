"""Scores all candidates of a request with one batched call to the click model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from services.common.errors import Unavailable
from services.features.vector import Vectors
from services.models.ports import Scorer
from services.models.tensors import CTR
from services.policies.arms import Floats


async def fresh_scores(scorer: Scorer, vectors: Sequence[Vectors], budget_s: float) -> list[Floats]:
    """Click probabilities (C_i,) per entry of `vectors`; one call up to the largest batch, else several at once.

    Raises `Unavailable("triton")` if the scores are late or are not probabilities.
    """
    if len(vectors) == 1 and 0 < len(vectors[0].dense) <= CTR.max_batch:
        given = await scorer.score(vectors[0].dense, vectors[0].categories, budget_s=budget_s)
        return [_checked(given.click_probability)]
    sizes = [len(one.dense) for one in vectors]
    if not sum(sizes):
        return [np.empty(0) for _ in sizes]
    dense = np.concatenate([one.dense for one in vectors])
    categories = np.concatenate([one.categories for one in vectors])
    cuts = [slice(at, at + CTR.max_batch) for at in range(0, len(dense), CTR.max_batch)]
    answers = await asyncio.gather(*(scorer.score(dense[cut], categories[cut], budget_s=budget_s) for cut in cuts))
    scores = _checked(np.concatenate([answer.click_probability for answer in answers]))
    return np.split(scores, np.cumsum(sizes)[:-1])


def _checked(given: NDArray[np.float32]) -> Floats:
    if not (given.min() > 0.0 and given.max() < 1.0):  # also true for NaN
        raise Unavailable("triton", f"{CTR.name} gave scores that are no probabilities")
    return given.astype(np.float64)
