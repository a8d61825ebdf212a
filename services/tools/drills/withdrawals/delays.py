"""From the message that ends an ad to the last request that was answered with it: figures, and the promise; pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.tools.drills.drill import Promise
from services.tools.drills.withdrawals.target import Kind

PROMISED_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of one ad at one replica; times in milliseconds since 1970."""

    kind: Kind
    since_ms: float | None  # when the message was appended, or the stated end; None: there is no such message
    shown_ms: float  # begin of the last request that was answered with it
    watched_ms: float  # begin of the last request that was answered

    @property
    def delay_s(self) -> float:
        """How long it was shown too long; infinite where it was never seen to end."""
        if self.since_ms is None or self.watched_ms - self.shown_ms < 1000 * PROMISED_S:
            return math.inf
        return max(self.shown_ms - self.since_ms, 0.0) / 1000


def quantile(sorted_values: Sequence[float], share: float) -> float:
    """The value at that rank, the higher of two.

    >>> quantile([1.0, 2.0, 3.0, 4.0], 0.5), quantile([1.0, 2.0, 3.0, 4.0], 0.99)
    (3.0, 4.0)
    """
    return sorted_values[min(int(share * len(sorted_values)), len(sorted_values) - 1)]


def in_words(delays: Sequence[float]) -> str:
    """p50, p99 and the greatest of some delays in seconds.

    >>> in_words([0.02, 0.01, 0.3])
    '3 measured, p50 20 ms, p99 300 ms, max 300 ms'
    """
    ordered = sorted(delays)
    p50, p99, most = (1000 * quantile(ordered, share) for share in (0.5, 0.99, 1.0))
    return f"{len(ordered):,} measured, p50 {p50:.0f} ms, p99 {p99:.0f} ms, max {most:.0f} ms"


def promise_of(kind: Kind, by_replica: Mapping[str, Sequence[Ending]], least: int) -> Promise:
    """That the ads ended in time at each replica; broken, too, where fewer than `least` were measured (law 9)."""
    delays = {name: [one.delay_s for one in endings] for name, endings in by_replica.items()}
    enough = bool(delays) and all(len(found) >= least for found in delays.values())
    return Promise(
        f"{kind.value}: not shown later than {PROMISED_S:.0f} s after it, p99",
        "; ".join(f"{name}: {in_words(found)}" for name, found in delays.items() if found) or "nothing was measured",
        enough and all(quantile(sorted(found), 0.99) <= PROMISED_S for found in delays.values()),
    )
