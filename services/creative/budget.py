"""How a request's time is shared out, so that the answer comes before the caller's deadline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEFAULT_S: Final = 0.100
"""Time to answer where the caller gave no deadline."""

MOST_S: Final = 0.250
"""Longer than this a page does not wait for a better answer, whatever its caller would allow."""

_RESERVE_S: Final = 0.005  # for the way back and for a busy machine, but no more than a quarter of what is given
_RESERVE_SHARE: Final = 0.10
_WRITING_S: Final = 0.00015  # for each selection, to be signed, recorded and written into the answer
_PROFILE_SHARE: Final = 0.25
_SCORED_SHARE: Final = 0.75  # by then scores are there, or the next rung answers
_PATIENT_SHARE: Final = 0.35  # of a longer time: a part that is late so long will not come, and the page waits
_PATIENT_S: Final = 0.030  # scores that come within this are waited for


@dataclass(frozen=True, slots=True)
class Budget:
    """Moments by the monotonic clock, in seconds."""

    profile_by: float
    scored_by: float
    ends_at: float


def budget(now: float, remaining_s: float | None, selections: int) -> Budget:
    """Moments for one request; where hardly anything remains, all are `now` and the lowest rung answers at once.

    >>> budget(0.0, 0.040, selections=0)
    Budget(profile_by=0.00775, scored_by=0.02325, ends_at=0.031)
    """
    given = min(DEFAULT_S if remaining_s is None else remaining_s, MOST_S)
    reserve = min(_RESERVE_S, given / 4) + _RESERVE_SHARE * given + _WRITING_S * selections
    spend = max(given - reserve, 0.0)
    scored = min(_SCORED_SHARE * spend, max(_PATIENT_S, _PATIENT_SHARE * spend))
    return Budget(now + min(_PROFILE_SHARE * spend, scored), now + scored, now + spend)
