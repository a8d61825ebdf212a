"""The click model behind a breaker: while Triton is late or down no request waits for it, and it is tried beside them.

Without it each request would wait out its whole time for scores, and a Triton that hangs would make every answer as
late as its caller allows. The try is a real call with the rows of some request, which is answered without it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.common.clock import Clock
from services.common.errors import Unavailable
from services.models.ports import Scorer, Scores
from services.runtime.breaker import Breaker

PART: Final = "triton"
_FAILURES: Final = 5  # in a row: a single late answer on a busy machine is no fault
_TRY_EVERY_S: Final = 0.1
_FAIR_S: Final = 0.010  # who gives a call less than this learns nothing about the part


class CircuitBreakerScorer:
    """A `Scorer` that asks another one only while it answers; belongs to one event loop."""

    def __init__(self, scorer: Scorer, clock: Clock) -> None:
        self._scorer = scorer
        self._clock = clock
        self._breaker = Breaker(failures=_FAILURES, open_s=_TRY_EVERY_S)
        self._try: asyncio.Task[None] | None = None

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        """See `Scorer`; raises `Unavailable` at once while the other one is left alone."""
        if not self._breaker.is_open:
            return await self._asked(dense, categories, budget_s)
        trying = self._try is not None and not self._try.done()
        if budget_s >= _FAIR_S and not trying and self._breaker.may_try(self._clock.monotonic()):
            self._try = asyncio.create_task(self._tried(dense, categories, budget_s))
        raise Unavailable(PART, "it failed a moment ago and is tried beside the requests")

    async def _asked(self, dense: NDArray[np.float32], categories: NDArray[np.int64], budget_s: float) -> Scores:
        try:
            scores = await self._scorer.score(dense, categories, budget_s=budget_s)
        except Unavailable:
            if budget_s >= _FAIR_S:
                self._breaker.failed(self._clock.monotonic())
            raise
        self._breaker.succeeded()
        return scores

    async def _tried(self, dense: NDArray[np.float32], categories: NDArray[np.int64], budget_s: float) -> None:
        with contextlib.suppress(Unavailable):  # noted by the breaker; nobody waits for these scores
            await self._asked(dense, categories, budget_s)
