"""Measures a server: its capacity, its behaviour at three times capacity, and how soon its latency recovers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.tools.drills.overload.load import OK, REFUSED, Generator, Load
from services.tools.drills.overload.pushback import Probe, probing

TIMES: Final = 3
CALLERS: Final = (16, 32)  # of the closed loops that measure the capacity
BACK_S: Final = 5.0
LOOK_S: Final = 0.5
_TRIES: Final = 3
_ANSWERED: Final = 0.6  # share of answers at three times capacity above which the capacity was measured too low


@dataclass(frozen=True, slots=True)
class Margins:
    """How long to measure, and the limits of the promises; wider ones for a small and busy machine."""

    capacity_s: float
    overload_s: float
    goodput: float  # of capacity
    silent: float  # share of the calls that may have neither answer nor refusal at their deadline
    quick_ms: float  # within which nine refusals in ten must come
    base_times: float  # the lone caller's latency afterwards, as a multiple of the one before
    base_plus_ms: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """The result of one measurement."""

    capacity: float  # answers a second
    base_ms: float  # p50 of a lone caller before
    load: Load
    probe: Probe
    back_s: float  # until the lone caller's latency had recovered; infinite where it did not in time
    after_ms: float

    @property
    def goodput(self) -> float:
        """Answers a second under the load, as a share of capacity."""
        return self.load.per_s() / self.capacity if self.capacity else 0.0

    @property
    def silent(self) -> float:
        """The share of calls with neither an answer nor a refusal."""
        return 1 - self.load.share(OK) - self.load.share(REFUSED)

    def is_fine(self, margins: Margins) -> bool:
        """Whether all promises are kept."""
        return (
            self.goodput >= margins.goodput
            and self.refuses(margins)
            and self.silent <= margins.silent
            and self.tells()
            and self.back_s <= BACK_S
        )

    def refuses(self, margins: Margins) -> bool:
        """Whether excess calls are refused, and quickly."""
        return self.load.share(REFUSED) > 0.1 and self.load.within_ms(REFUSED, 0.9) <= margins.quick_ms

    def tells(self) -> bool:
        """Whether every refusal that the probe received says when to retry."""
        return 0 < self.probe.refused == self.probe.with_pushback


def overloaded(generator: Generator, address: str, margins: Margins) -> Measurement:
    """Measures capacity, overloads the server, and waits for recovery."""
    generator.closed(address, 4, LOOK_S)  # warm-up
    base_ms = generator.closed(address, 1, 2 * LOOK_S).within_ms(OK, 0.5)
    capacity = max(generator.closed(address, callers, margins.capacity_s / 2).per_s() for callers in CALLERS)
    for _ in range(_TRIES):
        with probing(address) as probe:
            load = generator.open(address, TIMES * capacity, margins.overload_s)
        if load.share(OK) < _ANSWERED:
            break
        capacity = load.per_s()  # other load had kept the machine busy before
    limit_ms, passed_s, after_ms = margins.base_times * base_ms + margins.base_plus_ms, 0.0, float("inf")
    while passed_s < BACK_S and after_ms > limit_ms:
        after_ms = generator.closed(address, 1, LOOK_S).within_ms(OK, 0.5)
        passed_s += LOOK_S
    back_s = (
        passed_s if after_ms <= limit_ms < float("inf") else float("inf")
    )  # an infinite limit: no call was answered before the load either
    return Measurement(capacity, base_ms, load, probe, back_s, after_ms)
