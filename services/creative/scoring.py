"""One batched question to the click model for all candidates of a request."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from services.common.errors import Unavailable
from services.features.vector import Vectors
from services.models.ports import Models
from services.models.tensors import CTR
from services.policies.arms import Floats


async def fresh_scores(models: Models, boards: Sequence[Vectors], budget_s: float) -> list[Floats]:
    """Click probabilities for each board, (C_i,) each; one call up to the model's largest batch, else several at once.

    Raises `Unavailable("triton")` where they do not come in time or are no probabilities.
    """
    sizes = [len(board.dense) for board in boards]
    if not sum(sizes):
        return [np.empty(0) for _ in sizes]
    dense = np.concatenate([board.dense for board in boards]) if len(boards) > 1 else boards[0].dense
    categories = np.concatenate([board.categories for board in boards]) if len(boards) > 1 else boards[0].categories
    starts = range(0, len(dense), CTR.max_batch)
    answers = await asyncio.gather(
        *(
            models.score(dense[at : at + CTR.max_batch], categories[at : at + CTR.max_batch], budget_s=budget_s)
            for at in starts
        )
    )
    scores = np.concatenate([answer.click_probability for answer in answers]).astype(np.float64)
    if not ((scores > 0.0) & (scores < 1.0)).all():  # also false for NaN
        raise Unavailable("triton", f"{CTR.name} gave scores that are no probabilities")
    return np.split(scores, np.cumsum(sizes)[:-1])
