"""What a generator of load saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

OK: Final = "OK"
REFUSED: Final = "RESOURCE_EXHAUSTED"
METHOD: Final = "/adloom.creative.v1.CreativeService/SelectCreatives"


@dataclass(frozen=True, slots=True)
class Load:
    """Calls that were sent, with what became of them."""

    seconds: float
    latencies_ms: dict[str, list[float]]  # sorted, by name of the status

    @property
    def sent(self) -> int:
        return sum(map(len, self.latencies_ms.values()))

    def count(self, status: str) -> int:
        """Calls that ended with this status."""
        return len(self.latencies_ms.get(status, ()))

    def per_s(self, status: str = OK) -> float:
        """The same a second."""
        return self.count(status) / self.seconds

    def share(self, status: str) -> float:
        """The same as a share of all."""
        return self.count(status) / max(self.sent, 1)

    def within_ms(self, status: str, share: float) -> float:
        """The time within which this share of such calls ended; infinite where there are none."""
        found = self.latencies_ms.get(status, ())
        return found[min(int(share * len(found)), len(found) - 1)] if found else float("inf")

    def words(self) -> str:
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
    """Asks for pages of the same number of places, each by a shopper of its own, all with the same deadline."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def closed(self, address: str, callers: int, seconds: float) -> Load:
        """Each caller asks again as soon as it was answered."""
        ...

    def open(self, address: str, per_s: float, seconds: float) -> Load:
        """Calls are sent at this rate, whatever becomes of those before."""
        ...
