"""Scores of requests that come while a call is under way go in the next call as one batch; nobody waits when alone.

A call costs a client, a server and a model about the same for 64 rows as for 512, so under load most of it is shared.
Each request keeps its own deadline, and gets its own rows' scores. They may differ in the last bits from those that
it would get alone, because a float32 product of matrices sums in another order for another number of rows: within the
contract's tolerance, as with the server's own batching, and a replay goes by the recorded scores.
"""

import asyncio
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.common.errors import Unavailable
from services.models.ports import Scorer, Scores
from services.models.tensors import CTR


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    dense: NDArray[np.float32]
    categories: NDArray[np.int64]
    ends_at: float  # by the loop's clock
    answer: asyncio.Future[Scores]


class BatchingScorer:
    """A `Scorer` that asks another one for several requests at once; belongs to one event loop."""

    def __init__(self, scorer: Scorer, most_calls: int = 2, most_rows: int = CTR.max_batch) -> None:
        """At most `most_calls` are under way: one is computed while the answer of the other travels."""
        self._scorer = scorer
        self._most_calls = most_calls
        self._most_rows = most_rows
        self._waiting: list[_Waiting] = []
        self._calls: set[asyncio.Task[None]] = set()
        self._begins = False

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        """See `Scorer`; no more rows than one call takes."""
        if budget_s <= 0.0:
            raise Unavailable("triton", f"no time is left to ask {CTR.name}")
        loop = asyncio.get_running_loop()
        asked = _Waiting(dense, categories, loop.time() + budget_s, loop.create_future())
        self._waiting.append(asked)
        self._begin_soon(loop)
        late = loop.call_later(budget_s, _give_up, asked.answer, budget_s)
        try:
            return await asked.answer
        finally:
            late.cancel()

    def _begin_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """After everything else that this turn of the loop brings: requests that come together go together."""
        if not self._begins and len(self._calls) < self._most_calls:
            self._begins = True
            loop.call_soon(self._begin)

    def _begin(self) -> None:
        self._begins = False
        batch = self._next_batch()
        if batch:
            call = asyncio.create_task(self._ask(batch))
            self._calls.add(call)
            call.add_done_callback(self._ended)

    def _next_batch(self) -> list[_Waiting]:
        """Who waited longest goes first; as many as one call takes, and none whose time is over."""
        self._waiting = [asked for asked in self._waiting if not asked.answer.done()]
        rows = 0
        for number, asked in enumerate(self._waiting):
            rows += len(asked.dense)
            if number and rows > self._most_rows:
                batch, self._waiting = self._waiting[:number], self._waiting[number:]
                return batch
        batch, self._waiting = self._waiting, []
        return batch

    async def _ask(self, batch: list[_Waiting]) -> None:
        dense, categories = batch[0].dense, batch[0].categories
        if len(batch) > 1:
            dense = np.concatenate([asked.dense for asked in batch])
            categories = np.concatenate([asked.categories for asked in batch])
        left = max(asked.ends_at for asked in batch) - asyncio.get_running_loop().time()
        try:
            scores = await self._scorer.score(dense, categories, budget_s=left)
        except Exception as error:  # raised again by everybody who waits for the answer
            for asked in batch:
                if not asked.answer.done():
                    asked.answer.set_exception(error)
            return
        at = 0
        for asked in batch:
            if not asked.answer.done():
                asked.answer.set_result(Scores(scores.click_probability[at : at + len(asked.dense)]))
            at += len(asked.dense)

    def _ended(self, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        if self._waiting:
            self._begin_soon(asyncio.get_running_loop())


def _give_up(answer: asyncio.Future[Scores], budget_s: float) -> None:
    if not answer.done():
        answer.set_exception(Unavailable("triton", f"{CTR.name} did not answer within {budget_s * 1000:.0f} ms"))
