"""Divides a request's time among its steps, so that the answer is sent before the caller's deadline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DEFAULT_S: Final = 0.100
"""Time to answer if the caller gave no deadline."""

MOST_S: Final = 0.250
"""Longest time to answer, even if the caller's deadline is later: a page should not wait longer."""

_RESERVE_S: Final = 0.005  # for the network and a busy machine, but at most a quarter of the given time
_RESERVE_SHARE: Final = 0.10
_WRITING_S: Final = 0.00015  # for each selection, to be signed, recorded and written into the answer
_PROFILE_SHARE: Final = 0.25
_SCORED_SHARE: Final = 0.75  # if scores arrive later, the next rung answers
_PATIENT_SHARE: Final = 0.35  # of a long budget: a part that late is unlikely to answer, and the page waits
_PATIENT_S: Final = 0.030  # wait for scores at least this long, within `_SCORED_SHARE`


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """The deadlines of a request's steps, in seconds of the monotonic clock."""

    profile_by: float
    scored_by: float
    ends_at: float


def time_budget(now: float, remaining_s: float | None, selections: int) -> TimeBudget:
    """The deadlines for one request; if too little time remains, all are `now` and the lowest rung answers at once.

    >>> time_budget(0.0, 0.040, selections=0)
    TimeBudget(profile_by=0.00775, scored_by=0.02325, ends_at=0.031)
    """
    given = min(DEFAULT_S if remaining_s is None else remaining_s, MOST_S)
    reserve = min(_RESERVE_S, given / 4) + _RESERVE_SHARE * given + _WRITING_S * selections
    spend = max(given - reserve, 0.0)
    scored = min(_SCORED_SHARE * spend, max(_PATIENT_S, _PATIENT_SHARE * spend))
    return TimeBudget(now + min(_PROFILE_SHARE * spend, scored), now + scored, now + spend)
