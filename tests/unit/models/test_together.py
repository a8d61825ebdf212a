"""Scores that are asked for together are each request's own, in time, and nobody else's trouble."""

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


class Held(FakeModels):
    """Models that answer once they are told to, and remember how many rows each call had."""

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


def run(play: Callable[[Held], Coroutine[Any, Any, None]]) -> None:
    async def held() -> None:
        await play(Held())

    asyncio.run(asyncio.wait_for(held(), 20))


def asked(together: BatchingScorer, count: int, seed: int, budget_s: float = 10.0) -> asyncio.Task[Scores]:
    return asyncio.ensure_future(together.score(*rows(count, seed), budget_s=budget_s))


async def under_way(models: Held, calls: int) -> None:
    while len(models.sizes) < calls:
        await asyncio.sleep(0)


async def one_after_another(together: BatchingScorer, models: Held, calls: int) -> list[asyncio.Task[Scores]]:
    """Each in a call of its own, because each comes in a later turn of the loop."""
    alone = []
    for number in range(calls):
        alone.append(asked(together, 1, number))
        await under_way(models, number + 1)
    return alone


def test_each_gets_the_scores_of_its_own_rows() -> None:
    async def play(models: Held) -> None:
        models.let_go.set()
        together = BatchingScorer(models)
        answers = await asyncio.gather(*(asked(together, 1 + seed % 7, seed) for seed in range(40)))
        for seed, answer in enumerate(answers):
            alone = await FakeModels().score(*rows(1 + seed % 7, seed), budget_s=1.0)
            assert np.array_equal(answer.click_probability, alone.click_probability)
        assert len(models.sizes) < 40

    run(play)


def test_whoever_comes_while_calls_are_under_way_goes_in_the_next_as_one() -> None:
    async def play(models: Held) -> None:
        together = BatchingScorer(models, most_calls=2)
        first = await one_after_another(together, models, 2)
        later = [asked(together, 3, seed) for seed in range(5)]
        await asyncio.sleep(0.01)
        assert models.sizes == [1, 1]
        models.let_go.set()
        await asyncio.gather(*first, *later)
        assert models.sizes == [1, 1, 15]

    run(play)


def test_no_call_has_more_rows_than_the_model_takes() -> None:
    async def play(models: Held) -> None:
        models.let_go.set()
        together = BatchingScorer(models)
        await asyncio.gather(*(asked(together, 400, seed) for seed in range(7)))
        assert sum(models.sizes) == 2800
        assert max(models.sizes) <= CTR.max_batch

    run(play)


def test_who_has_little_time_is_told_so_while_the_others_wait_on() -> None:
    async def play(models: Held) -> None:
        together = BatchingScorer(models)
        hurried, patient = asked(together, 2, 1, budget_s=0.02), asked(together, 2, 2)
        with pytest.raises(Unavailable, match="triton"):
            await hurried
        models.let_go.set()
        assert len((await patient).click_probability) == 2

    run(play)


def test_who_left_or_came_too_late_is_not_asked_for() -> None:
    async def play(models: Held) -> None:
        together = BatchingScorer(models, most_calls=1)
        first = await one_after_another(together, models, 1)
        gone, late, stays = asked(together, 10, 1), asked(together, 100, 2, budget_s=0.01), asked(together, 1000, 3)
        await asyncio.sleep(0.05)
        gone.cancel()
        models.let_go.set()
        await asyncio.gather(*first, stays)
        assert models.sizes == [1, 1000]
        assert isinstance(late.exception(), Unavailable)

    run(play)


def test_a_failed_call_fails_those_in_it_and_no_later_one() -> None:
    async def play(models: Held) -> None:
        models.let_go.set()
        models.down = True
        together = BatchingScorer(models)
        failed = await asyncio.gather(asked(together, 1, 1), asked(together, 1, 2), return_exceptions=True)
        assert [type(error) for error in failed] == [Unavailable, Unavailable]
        models.down = False
        assert len((await asked(together, 4, 3)).click_probability) == 4

    run(play)


def test_without_time_nobody_is_asked() -> None:
    async def play(models: Held) -> None:
        with pytest.raises(Unavailable, match="no time"):
            await BatchingScorer(models).score(*rows(1, 1), budget_s=0.0)
        assert not models.sizes

    run(play)
