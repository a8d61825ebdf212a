"""What a deployment has made of its log: profiles, outcomes and dead letters, as their readers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.common.errors import Unavailable
from services.common.topics import DEADLETTER, OUTCOMES
from services.stack.drills.shown_profiles import shown

if TYPE_CHECKING:
    from services.features.profile import Profile
    from services.stack.drills.oracle import Expected

Place = tuple[str, int, int]  # topic, partition, offset
FLOATS_WITHIN = 1e-9
_COUNTS = ("views_total", "clicks_total", "orders_total")


@dataclass(frozen=True, slots=True)
class World:
    """What follows from a log."""

    profiles: Mapping[str, Profile]  # by user
    outcomes: Mapping[str, bytes]  # by outcome id: what was said of it when its window had closed
    letters: Mapping[Place, str]  # reason, by the place of what was refused

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
    return World(shown(redis, users), final_outcomes(kafka), letters(kafka))


def final_outcomes(kafka: str) -> dict[str, bytes]:
    """By outcome id, serialized; one that is said again must be the same, else it is kept as unsettled."""
    from protos.gen.adloom.events.v1 import outcome_pb2
    from services.wire.decode import decode
    from services.wire.kafka_reader import read_to_end

    found: dict[str, bytes] = {}
    for raw in read_to_end(kafka, OUTCOMES):
        outcome = decode(raw).message
        assert isinstance(outcome, outcome_pb2.Outcome)
        if outcome.window_closed:
            said = outcome.SerializeToString(deterministic=True)
            if found.setdefault(outcome.outcome_id, said) != said:
                found[outcome.outcome_id] = b"said in two ways"
    return found


def letters(kafka: str) -> dict[Place, str]:
    """Reasons of dead letters by the place of their origin; repeats count once."""
    from services.wire.kafka_reader import read_to_end

    found: dict[Place, str] = {}
    for raw in read_to_end(kafka, DEADLETTER):
        of = {name: (value or b"").decode() for name, value in raw.headers if name.startswith("adloom_")}
        found[of["adloom_topic"], int(of["adloom_partition"]), int(of["adloom_offset"])] = of["adloom_reason"]
    return found


def now_seen(kafka: str, redis: str, users: Sequence[str]) -> World | None:
    """As `seen`; None while a part is away."""
    try:
        return seen(kafka, redis, users)
    except Unavailable:
        return None


def unlike(left: Mapping[str, Profile], right: Mapping[str, Profile]) -> list[str]:
    """Users whose integers differ, or whose sums differ by more than rounding."""
    return sorted(user for user in left.keys() | right.keys() if not _alike(left.get(user), right.get(user)))


def _alike(left: Profile | None, right: Profile | None) -> bool:
    if left is None or right is None or left.integers != right.integers:
        return False
    return bool((abs(left.decayed - right.decayed) <= FLOATS_WITHIN * abs(left.decayed).clip(1.0)).all())
