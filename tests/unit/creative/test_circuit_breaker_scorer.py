"""A model server that hangs is waited for by a few requests and by no more; its return is noticed beside them."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from services.common.clock import FixedClock, SystemClock
from services.common.errors import Unavailable
from services.creative.scoring.circuit_breaker_scorer import CircuitBreakerScorer
from services.creative.time_budget import time_budget
from services.models.fake_models import FakeModels
from services.models.ports import Scores
from services.models.tensors import CTR

DENSE = np.zeros((3, CTR.inputs[0].shape[0]), dtype=np.float32)
CATEGORIES = np.zeros((3, CTR.inputs[1].shape[0]), dtype=np.int64)


class Hanging(FakeModels):
    """Says nothing while it hangs."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs = True
        self.calls = 0

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        self.calls += 1
        if self.hangs:
            await asyncio.sleep(budget_s)
            raise Unavailable("triton", "late")
        return await super().score(dense, categories, budget_s=budget_s)


async def failures(guarded: CircuitBreakerScorer, count: int) -> None:
    for _ in range(count):
        with pytest.raises(Unavailable):
            await guarded.score(DENSE, CATEGORIES, budget_s=0.02)


def test_after_a_few_late_answers_nobody_waits_any_more() -> None:
    async def scene() -> None:
        models = Hanging()
        clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
        guarded = CircuitBreakerScorer(models, clock)
        await failures(guarded, 5)
        asked = models.calls
        await failures(guarded, 50)
        assert models.calls == asked
        clock.advance(timedelta(seconds=1))
        await failures(guarded, 50)
        await asyncio.sleep(0)
        assert models.calls == asked + 1  # a try beside the requests

    asyncio.run(scene())


def test_that_it_is_back_is_noticed_without_a_request_that_waits() -> None:
    async def scene() -> None:
        models = Hanging()
        guarded = CircuitBreakerScorer(models, SystemClock())
        await failures(guarded, 5)
        models.hangs = False
        until = time.monotonic() + 10
        while True:
            try:
                scores = await guarded.score(DENSE, CATEGORIES, budget_s=0.5)
                break
            except Unavailable:
                assert time.monotonic() < until, "it was never tried again"
                await asyncio.sleep(0.02)
        assert scores.click_probability.shape == (3,)

    asyncio.run(scene())


def test_calls_that_had_no_time_say_nothing_about_the_part() -> None:
    async def scene() -> None:
        models = Hanging()
        guarded = CircuitBreakerScorer(models, SystemClock())
        for _ in range(20):
            with pytest.raises(Unavailable):
                await guarded.score(DENSE, CATEGORIES, budget_s=0.001)
        models.hangs = False
        assert (await guarded.score(DENSE, CATEGORIES, budget_s=0.5)).click_probability.shape == (3,)

    asyncio.run(scene())


@pytest.mark.parametrize(("given", "scored"), [(0.020, 0.00975), (0.040, 0.02325), (0.100, 0.030), (0.250, 0.077)])
def test_scores_are_waited_for_as_long_as_a_page_can_bear(given: float, scored: float) -> None:
    limits = time_budget(0.0, given, selections=0)
    assert limits.scored_by == pytest.approx(scored)
    assert limits.profile_by <= limits.scored_by < limits.ends_at
