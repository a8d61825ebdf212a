"""What a deployment has made of its log: profiles, outcomes and dead letters, as their readers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.tools.drills.oracle.shown_profiles import shown
from services.tools.drills.oracle.whole_log import letters_said, outcomes_said

if TYPE_CHECKING:
    from services.features.profile import Profile
    from services.tools.drills.oracle.oracle import Expected, RecordPosition

FLOATS_WITHIN = 1e-9
_COUNTS = ("views_total", "clicks_total", "orders_total")


@dataclass(frozen=True, slots=True)
class World:
    """What follows from a log."""

    profiles: Mapping[str, Profile]  # by user
    outcomes: Mapping[str, Mapping[str, Any]]  # by outcome id: what was said of it when its window had closed
    letters: Mapping[RecordPosition, str]  # reason, by the place of what was refused
    contradictions: Sequence[str]  # ids of outcomes that were said in two ways

    def missing(self, told: Expected) -> list[str]:
        """What has not followed yet of what must: a look that is quick, and no proof that the rest is right."""
        fewer = [user for user, row in told.profiles.items() if not self._counts(user, row["totals"])]
        lacking = (told.outcomes.keys() - self.outcomes.keys(), told.letters.keys() - self.letters.keys())
        return [*fewer, *sorted(lacking[0]), *(f"{told.letters[at]} of {at}" for at in sorted(lacking[1]))]

    def _counts(self, user: str, totals: Mapping[str, int]) -> bool:
        profile = self.profiles.get(user)
        return profile is not None and all(profile.integer(name) >= totals[name] for name in _COUNTS)


def seen(kafka: str, redis: str, users: Sequence[str]) -> World:
    """Everything as it is now; raises `Unavailable`."""
    said, (letters, _) = outcomes_said(kafka), letters_said(kafka)
    return World(shown(redis, users), said.closed, letters, said.contradictions)


def unlike(left: Mapping[str, Profile], right: Mapping[str, Profile]) -> list[str]:
    """Users whose integers differ, or whose sums differ by more than rounding."""
    return sorted(user for user in left.keys() | right.keys() if not _alike(left.get(user), right.get(user)))


def _alike(left: Profile | None, right: Profile | None) -> bool:
    if left is None or right is None or (left.integers, left.money) != (right.integers, right.money):
        return False
    return bool((abs(left.decayed - right.decayed) <= FLOATS_WITHIN * abs(left.decayed).clip(1.0)).all())
