"""Batched requests get their own scores, keep their own deadlines, and fail independently."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from services.common.errors import Unavailable
from services.features.vector import CATEGORIES, DENSE_FEATURES
from services.models.batching_scorer import BatchingScorer
from services.models.fake_models import FakeModels
from services.models.ports import Scores
from services.models.tensors import CTR

Rows = tuple[NDArray[np.float32], NDArray[np.int64]]


class BlockedModels(FakeModels):
    """Models that answer once `let_go` is set, and record the rows of each call."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()
        self.sizes: list[int] = []

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        self.sizes.append(len(dense))
        async with asyncio.timeout(budget_s):
            await self.let_go.wait()
        return await super().score(dense, categories, budget_s=budget_s)


def rows(count: int, seed: int) -> Rows:
    chance = np.random.default_rng(seed)
    dense = chance.standard_normal((count, len(DENSE_FEATURES)), dtype=np.float32)
    return dense, np.full((count, len(CATEGORIES)), seed % 5, dtype=np.int64)


def run(play: Callable[[BlockedModels], Coroutine[Any, Any, None]]) -> None:
    async def scenario() -> None:
        await play(BlockedModels())

    asyncio.run(asyncio.wait_for(scenario(), 20))


def requested(scorer: BatchingScorer, count: int, seed: int, budget_s: float = 10.0) -> asyncio.Task[Scores]:
    return asyncio.ensure_future(scorer.score(*rows(count, seed), budget_s=budget_s))


async def under_way(models: BlockedModels, calls: int) -> None:
    while len(models.sizes) < calls:
        await asyncio.sleep(0)


async def one_after_another(scorer: BatchingScorer, models: BlockedModels, calls: int) -> list[asyncio.Task[Scores]]:
    """Requests in calls of their own, because each comes in a later turn of the loop."""
    alone = []
    for number in range(calls):
        alone.append(requested(scorer, 1, number))
        await under_way(models, number + 1)
    return alone


def test_each_request_gets_the_scores_of_its_own_rows() -> None:
    async def play(models: BlockedModels) -> None:
        models.let_go.set()
        scorer = BatchingScorer(models)
        answers = await asyncio.gather(*(requested(scorer, 1 + seed % 7, seed) for seed in range(40)))
        for seed, answer in enumerate(answers):
            alone = await FakeModels().score(*rows(1 + seed % 7, seed), budget_s=1.0)
            assert np.array_equal(answer.click_probability, alone.click_probability)
        assert len(models.sizes) < 40

    run(play)


def test_requests_that_arrive_during_calls_are_one_batch_of_the_next_call() -> None:
    async def play(models: BlockedModels) -> None:
        scorer = BatchingScorer(models, most_calls=2)
        first = await one_after_another(scorer, models, 2)
        later = [requested(scorer, 3, seed) for seed in range(5)]
        await asyncio.sleep(0.01)
        assert models.sizes == [1, 1]
        models.let_go.set()
        await asyncio.gather(*first, *later)
        assert models.sizes == [1, 1, 15]

    run(play)


def test_no_call_has_more_rows_than_the_model_takes() -> None:
    async def play(models: BlockedModels) -> None:
        models.let_go.set()
        scorer = BatchingScorer(models)
        await asyncio.gather(*(requested(scorer, 400, seed) for seed in range(7)))
        assert sum(models.sizes) == 2800
        assert max(models.sizes) <= CTR.max_batch

    run(play)


def test_a_request_past_its_deadline_fails_while_the_others_wait() -> None:
    async def play(models: BlockedModels) -> None:
        scorer = BatchingScorer(models)
        hurried, patient = requested(scorer, 2, 1, budget_s=0.02), requested(scorer, 2, 2)
        with pytest.raises(Unavailable, match="triton"):
            await hurried
        models.let_go.set()
        assert len((await patient).click_probability) == 2

    run(play)


def test_cancelled_and_expired_requests_are_not_in_the_next_call() -> None:
    async def play(models: BlockedModels) -> None:
        scorer = BatchingScorer(models, most_calls=1)
        first = await one_after_another(scorer, models, 1)
        gone, late, stays = (
            requested(scorer, 10, 1),
            requested(scorer, 100, 2, budget_s=0.01),
            requested(scorer, 1000, 3),
        )
        await asyncio.sleep(0.05)
        gone.cancel()
        models.let_go.set()
        await asyncio.gather(*first, stays)
        assert models.sizes == [1, 1000]
        assert isinstance(late.exception(), Unavailable)

    run(play)


def test_a_failed_call_fails_its_own_requests_only() -> None:
    async def play(models: BlockedModels) -> None:
        models.let_go.set()
        models.down = True
        scorer = BatchingScorer(models)
        failed = await asyncio.gather(requested(scorer, 1, 1), requested(scorer, 1, 2), return_exceptions=True)
        assert [type(error) for error in failed] == [Unavailable, Unavailable]
        models.down = False
        assert len((await requested(scorer, 4, 3)).click_probability) == 4

    run(play)


def test_a_request_without_time_makes_no_call() -> None:
    async def play(models: BlockedModels) -> None:
        with pytest.raises(Unavailable, match="no time"):
            await BatchingScorer(models).score(*rows(1, 1), budget_s=0.0)
        assert not models.sizes

    run(play)
