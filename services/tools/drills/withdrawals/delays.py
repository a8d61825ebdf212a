"""From the message that ends an ad to the last request that was answered with it: figures, and the promise; pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.tools.drills.drill import Promise
from services.tools.drills.withdrawals.target import Kind
from services.tools.drills.withdrawals.watch import Answer

PROMISED_S: Final = 1.0
_P99_NEEDS: Final = 100
"""Of fewer endings the p99 is the slowest one, which a busy machine decides: their median is judged."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of one ad at one replica; times in milliseconds since 1970, those of requests are their begins."""

    since_ms: float | None  # when the message was appended, or the stated end; None: there was no message
    shown_ms: float  # the last request that was answered with it
    gone_ms: float  # the first one after it that was answered without it; infinite where there is none
    watched_ms: float  # the last request that was answered

    @property
    def is_seen(self) -> bool:
        """Whether it was seen to end, and watched long enough to see it come back."""
        return self.since_ms is not None and self.watched_ms - self.shown_ms >= 1000 * PROMISED_S

    @property
    def delay_s(self) -> float:
        """How long it was shown too long, as requests show it; infinite where it was not seen to end."""
        return self._after_s(self.shown_ms)

    @property
    def gone_s(self) -> float:
        """After how long it was certainly not shown any more: a request's distance later at most."""
        return self._after_s(self.gone_ms)

    def _after_s(self, moment_ms: float) -> float:
        return max(moment_ms - self.since_ms, 0.0) / 1000 if self.since_ms is not None and self.is_seen else math.inf


def ending_of(creative_id: str, since_ms: float | None, answers: Sequence[Answer]) -> Ending:
    """The end of an ad that one of the answers shows."""
    shown_ms = max(answer.began_ms for answer in answers if creative_id in answer.creative_ids)
    later = [answer.began_ms for answer in answers if answer.began_ms > shown_ms]
    return Ending(since_ms, shown_ms, min(later, default=math.inf), max(later, default=shown_ms))


def quantile(values: Sequence[float], share: float) -> float:
    """The value at that rank, the higher of two.

    >>> quantile([4.0, 1.0, 2.0, 3.0], 0.5), quantile([4.0, 1.0, 2.0, 3.0], 0.99)
    (3.0, 4.0)
    """
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def in_words(endings: Sequence[Ending]) -> str:
    """The figures of some delays.

    >>> in_words([Ending(1_000, 1_000 + late, 1_020 + late, 9_000) for late in (-30, 10, 300)])
    '3 measured, shown until p50 10 ms, p99 300 ms, max 300 ms, gone by p99 320 ms'
    """
    shown = [1000 * quantile([one.delay_s for one in endings], share) for share in (0.5, 0.99, 1.0)]
    gone = 1000 * quantile([one.gone_s for one in endings], 0.99)
    figures = "p50 {:.0f} ms, p99 {:.0f} ms, max {:.0f} ms".format(*shown)
    without, unseen = (sum(map(is_so, endings)) for is_so in (_without_message, _never_gone))
    faults = f"; {without} without a message, {unseen} not seen to end" if without or unseen else ""
    return f"{len(endings):,} measured, shown until {figures}, gone by p99 {gone:.0f} ms{faults}"


def promise_of(kind: Kind, by_replica: Mapping[str, Sequence[Ending]], least: int) -> Promise:
    """That the ads ended in time at each replica; broken, too, where fewer than `least` were measured (law 9)."""
    enough = bool(by_replica) and all(len(endings) >= least for endings in by_replica.values())
    share, name_of_share = (0.99, "p99") if least >= _P99_NEEDS else (0.5, "median")
    return Promise(
        f"{kind.value}: not shown later than {PROMISED_S:.0f} s after it, {name_of_share}",
        "; ".join(f"{name}: {in_words(endings)}" for name, endings in by_replica.items()) or "nothing was measured",
        enough and all(quantile([one.delay_s for one in all_], share) <= PROMISED_S for all_ in by_replica.values()),
    )


def _without_message(ending: Ending) -> bool:
    return ending.since_ms is None


def _never_gone(ending: Ending) -> bool:
    return ending.since_ms is not None and not ending.is_seen
