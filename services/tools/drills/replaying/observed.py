"""The observed results of a deployment: profiles, outcomes and dead letters, as their readers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.tools.drills.oracle.shown_profiles import profiles_of
from services.tools.drills.oracle.whole_log import read_dead_letters, read_outcomes

if TYPE_CHECKING:
    from services.features.profile import Profile
    from services.tools.drills.oracle.oracle import Expected, RecordPosition

FLOATS_WITHIN = 1e-9
_COUNTS = ("views_total", "clicks_total", "orders_total")


@dataclass(frozen=True, slots=True)
class Observed:
    """The results of a log."""

    profiles: Mapping[str, Profile]  # by user
    outcomes: Mapping[str, Mapping[str, Any]]  # by outcome id, from after the window closed
    letters: Mapping[RecordPosition, str]  # reason by the position of the refused message
    contradictions: Sequence[str]  # ids of outcomes with messages that contradict each other

    def missing(self, expected: Expected) -> list[str]:
        """Expected results that are missing; a quick check that does not compare the results in full."""
        fewer = [user for user, row in expected.profiles.items() if not self._counts(user, row["totals"])]
        missing = (expected.outcomes.keys() - self.outcomes.keys(), expected.letters.keys() - self.letters.keys())
        return [*fewer, *sorted(missing[0]), *(f"{expected.letters[at]} of {at}" for at in sorted(missing[1]))]

    def _counts(self, user: str, totals: Mapping[str, int]) -> bool:
        profile = self.profiles.get(user)
        return profile is not None and all(profile.integer(name) >= totals[name] for name in _COUNTS)


def observe(kafka: str, redis: str, users: Sequence[str]) -> Observed:
    """The current results; raises `Unavailable`."""
    outcomes, (letters, _) = read_outcomes(kafka), read_dead_letters(kafka)
    return Observed(profiles_of(redis, users), outcomes.closed, letters, outcomes.contradictions)


def unlike(left: Mapping[str, Profile], right: Mapping[str, Profile]) -> list[str]:
    """Users whose integers differ, or whose sums differ by more than rounding."""
    return sorted(user for user in left.keys() | right.keys() if not _alike(left.get(user), right.get(user)))


def _alike(left: Profile | None, right: Profile | None) -> bool:
    if left is None or right is None or (left.integers, left.money) != (right.integers, right.money):
        return False
    return bool((abs(left.decayed - right.decayed) <= FLOATS_WITHIN * abs(left.decayed).clip(1.0)).all())
