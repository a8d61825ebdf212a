"""A circuit breaker around the click model: while Triton is late or down no request waits for it.

Without the breaker each request would wait its whole scoring budget, and a hanging Triton would make every answer as
late as its caller allows. While the breaker is open, a background task probes Triton with a real call. It uses the
rows of a request, which is answered without waiting for the probe.
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
_FAILURES: Final = 5  # in a row: a single late answer on a busy machine does not count as a fault
_TRY_EVERY_S: Final = 0.1
_FAIR_S: Final = 0.010  # a call with a shorter budget says nothing about the state of Triton


class CircuitBreakerScorer:
    """A `Scorer` that calls another one only while that one answers; belongs to one event loop."""

    def __init__(self, scorer: Scorer, clock: Clock) -> None:
        self._scorer = scorer
        self._clock = clock
        self._breaker = Breaker(failures=_FAILURES, open_s=_TRY_EVERY_S)
        self._try: asyncio.Task[None] | None = None

    async def score(self, dense: NDArray[np.float32], categories: NDArray[np.int64], *, budget_s: float) -> Scores:
        """See `Scorer`; raises `Unavailable` at once while the breaker is open."""
        if not self._breaker.is_open:
            return await self._ask(dense, categories, budget_s)
        trying = self._try is not None and not self._try.done()
        if budget_s >= _FAIR_S and not trying and self._breaker.may_try(self._clock.monotonic()):
            self._try = asyncio.create_task(self._tried(dense, categories, budget_s))
        raise Unavailable(PART, "it failed a moment ago and is tried beside the requests")

    async def _ask(self, dense: NDArray[np.float32], categories: NDArray[np.int64], budget_s: float) -> Scores:
        try:
            scores = await self._scorer.score(dense, categories, budget_s=budget_s)
        except Unavailable:
            if budget_s >= _FAIR_S:
                self._breaker.failed(self._clock.monotonic())
            raise
        self._breaker.succeeded()
        return scores

    async def _tried(self, dense: NDArray[np.float32], categories: NDArray[np.int64], budget_s: float) -> None:
        with contextlib.suppress(Unavailable):  # the breaker has recorded it; no request waits for these scores
            await self._ask(dense, categories, budget_s)
