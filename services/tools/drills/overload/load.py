"""The port of load generators, and the result of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

OK: Final = "OK"
REFUSED: Final = "RESOURCE_EXHAUSTED"
METHOD: Final = "/adloom.creative.v1.CreativeService/SelectCreatives"


@dataclass(frozen=True, slots=True)
class Load:
    """The calls of a run, by status."""

    seconds: float
    latencies_ms: dict[str, list[float]]  # sorted, by name of the status

    @property
    def sent(self) -> int:
        return sum(map(len, self.latencies_ms.values()))

    def count(self, status: str) -> int:
        """Calls that ended with this status."""
        return len(self.latencies_ms.get(status, ()))

    def per_s(self, status: str = OK) -> float:
        """Calls a second that ended with this status."""
        return self.count(status) / self.seconds

    def share(self, status: str) -> float:
        """The share of all calls that ended with this status."""
        return self.count(status) / max(self.sent, 1)

    def within_ms(self, status: str, share: float) -> float:
        """The time within which this share of such calls ended; infinite where there are none."""
        found = self.latencies_ms.get(status, ())
        return found[min(int(share * len(found)), len(found) - 1)] if found else float("inf")

    def summary(self) -> str:
        """Counts by status."""
        return ", ".join(f"{len(found):,} {status}" for status, found in sorted(self.latencies_ms.items()))


def load_of(seconds: float, calls: Sequence[tuple[str, float]]) -> Load:
    """From (status, milliseconds) of each call.

    >>> load_of(2.0, [("OK", 3.0), ("OK", 1.0)]).within_ms("OK", 0.5)
    3.0
    """
    found: dict[str, list[float]] = {}
    for status, latency_ms in calls:
        found.setdefault(status, []).append(latency_ms)
    return Load(seconds, {status: sorted(times) for status, times in found.items()})


class Generator(Protocol):
    """Sends requests with a fixed number of placements and a fixed deadline, each by a new shopper."""

    @property
    def name(self) -> str:
        """The generator's name in the output."""
        ...

    def closed(self, address: str, callers: int, seconds: float) -> Load:
        """Closed loop: each caller sends its next request as soon as it was answered."""
        ...

    def open(self, address: str, per_s: float, seconds: float) -> Load:
        """Open loop: calls are sent at this rate, independent of earlier answers."""
        ...
