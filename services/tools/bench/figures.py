"""The result of a benchmark: a figure, and its reference in the same run."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its reference.

    >>> print(Figure("decision_p50", 4.0, "ms", "bare Triton call", 2.0).line())
    {"name": "decision_p50", "value": 4.0, "unit": "ms", "reference": "bare Triton call = 2", "ratio": 2.0}
    """

    name: str
    value: float
    unit: str
    against: str = ""  # what the reference is; empty where there is none
    reference: float = math.nan  # in the same unit

    def line(self) -> str:
        """The figure as one line of JSON with the keys that outsiders rely on."""
        has_reference = bool(self.against)
        facts = {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "reference": f"{self.against} = {self.reference:.4g}" if has_reference else None,
            "ratio": _rounded(self.value / self.reference) if has_reference else None,
        }
        return json.dumps(facts)


@dataclass(frozen=True, slots=True)
class Latencies:
    """Quantiles of some calls, in milliseconds."""

    p50: float
    p99: float
    calls: int


def latencies(seconds: Sequence[float]) -> Latencies:
    """The quantiles of measured times; p99 is the smallest value that 99 % do not exceed.

    >>> latencies([0.001 * i for i in range(1, 101)])
    Latencies(p50=50.0, p99=99.0, calls=100)
    """
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(ordered[max(math.ceil(share * len(ordered)) - 1, 0)] * 1000, 6)

    return Latencies(at(0.5), at(0.99), len(ordered))


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
