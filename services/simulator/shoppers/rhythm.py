"""When visits begin: the weight of each hour of the week, by persona; UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

HOURS_A_WEEK: Final = 168
# Weight of each hour of a day, midnight first.
_WORKDAY: Final = (1, 1, 1, 1, 1, 2, 4, 6, 7, 6, 5, 6, 9, 8, 5, 5, 6, 8, 10, 12, 13, 11, 7, 3)
_WEEKEND: Final = (2, 1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 10, 9, 9, 10, 10, 9, 9, 9, 9, 8, 6, 4)
_NIGHT: Final = (12, 11, 8, 4, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 5, 6, 8, 11, 13, 14)


def hour_weights(persona: str) -> NDArray[np.float64]:
    """Share of visits that begin in each hour of the week, Monday first, shape (168,); sums to 1."""
    if persona == "owl":
        week = np.array(_NIGHT * 7, dtype=np.float64)
    else:
        week = np.array(_WORKDAY * 5 + _WEEKEND * 2, dtype=np.float64)
        week[5 * 24 :] *= 1.5 if persona == "bargain" else 1.15
    shares: NDArray[np.float64] = week / week.sum()
    return shares


@dataclass(frozen=True, slots=True)
class Span:
    """A period of whole days."""

    since: datetime  # UTC
    days: int


def visit_times(persona: str, visits: int, span: Span, rng: np.random.Generator) -> list[datetime]:
    """Start times of visits within the span, unordered."""
    weights = hour_weights(persona)
    first = span.since.replace(minute=0, second=0, microsecond=0)
    hours = span.days * 24
    chances = weights[(first.weekday() * 24 + first.hour + np.arange(hours)) % HOURS_A_WEEK]
    at_hour = rng.choice(hours, size=visits, p=chances / chances.sum())
    return [first + timedelta(seconds=float(s)) for s in at_hour * 3_600.0 + rng.random(visits) * 3_600.0]
