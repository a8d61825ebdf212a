"""Batches scoring requests: those that arrive while a call is in flight are sent together in the next call.

A single request is sent at once. A call costs the client, the server and the model about the same for 64 rows as for
512, so under load batching shares most of that cost. Each request keeps its own deadline and receives the scores of its
own rows. These scores may differ in the last bits from those of a call of its own, because a float32 matrix product
sums in another order for another number of rows. The difference is within the contract's tolerance, as with the
server's own batching, and a replay uses the recorded scores.
"""

import asyncio
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.common.errors import Unavailable
from services.models.ports import Scorer, Scores
from services.models.tensors import CTR


@dataclass(frozen=True, slots=True, eq=False)
class _Pending:
    dense: NDArray[np.float32]
    categories: NDArray[np.int64]
    deadline: float  # by the loop's clock
    answer: asyncio.Future[Scores]


class BatchingScorer:
    """A `Scorer` that sends several requests to another one in one call; belongs to one event loop."""

    def __init__(self, scorer: Scorer, most_calls: int = 2, most_rows: int = CTR.max_batch) -> None:
        """At most `most_calls` are in flight: the server computes one while the answer of the other travels."""
        self._scorer = scorer
        self._most_calls = most_calls
        self._most_rows = most_rows
        self._pending: list[_Pending] = []
        self._calls: set[asyncio.Task[None]] = set()
        self._scheduled = False

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        """See `Scorer`; no more rows than one call takes."""
        if budget_s <= 0.0:
            raise Unavailable("triton", f"no time is left to call {CTR.name}")
        loop = asyncio.get_running_loop()
        request = _Pending(dense, categories, loop.time() + budget_s, loop.create_future())
        self._pending.append(request)
        self._schedule_call(loop)
        timer = loop.call_later(budget_s, _time_out, request.answer, budget_s)
        try:
            return await request.answer
        finally:
            timer.cancel()

    def _schedule_call(self, loop: asyncio.AbstractEventLoop) -> None:
        """The call starts at the end of this turn of the loop, so that requests of one turn share a batch."""
        if not self._scheduled and len(self._calls) < self._most_calls:
            self._scheduled = True
            loop.call_soon(self._start_call)

    def _start_call(self) -> None:
        self._scheduled = False
        batch = self._next_batch()
        if batch:
            call = asyncio.create_task(self._call(batch))
            self._calls.add(call)
            call.add_done_callback(self._call_done)

    def _next_batch(self) -> list[_Pending]:
        """The oldest requests, as many as fit into one call, without those that have timed out."""
        self._pending = [request for request in self._pending if not request.answer.done()]
        rows = 0
        for number, request in enumerate(self._pending):
            rows += len(request.dense)
            if number and rows > self._most_rows:
                batch, self._pending = self._pending[:number], self._pending[number:]
                return batch
        batch, self._pending = self._pending, []
        return batch

    async def _call(self, batch: list[_Pending]) -> None:
        dense, categories = batch[0].dense, batch[0].categories
        if len(batch) > 1:
            dense = np.concatenate([request.dense for request in batch])
            categories = np.concatenate([request.categories for request in batch])
        left = max(request.deadline for request in batch) - asyncio.get_running_loop().time()
        try:
            scores = await self._scorer.score(dense, categories, budget_s=left)
        except Exception as error:  # each caller that waits for this batch raises it
            for request in batch:
                if not request.answer.done():
                    request.answer.set_exception(error)
            return
        at = 0
        for request in batch:
            if not request.answer.done():
                request.answer.set_result(Scores(scores.click_probability[at : at + len(request.dense)]))
            at += len(request.dense)

    def _call_done(self, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        if self._pending:
            self._schedule_call(asyncio.get_running_loop())


def _time_out(answer: asyncio.Future[Scores], budget_s: float) -> None:
    if not answer.done():
        answer.set_exception(Unavailable("triton", f"{CTR.name} did not answer within {budget_s * 1000:.0f} ms"))
