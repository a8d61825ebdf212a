"""What was known about a shopper at a moment in the past, for training: never anything that arrived later.

A model that is trained on features which its server could not have had learns from the future. What counts is when an
event *arrived* (LogAppendTime), not when it happened: a late event was not there to be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.catalogue.product_features import Catalogue
from services.features.profile import Interaction, Profile, apply


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event of one shopper and when it arrived."""

    user_id: str
    arrived_us: int  # LogAppendTime, microseconds since 1970
    event: Interaction


@dataclass(frozen=True, slots=True)
class Ask:
    """Whose profile is wanted, as of when."""

    user_id: str
    at_us: int  # microseconds since 1970


def profiles_as_of(asks: Sequence[Ask], arrivals: Iterable[Arrival], catalogue: Catalogue) -> list[Profile]:
    """For each of `asks`, in its order, the profile of all events that had arrived before that moment.

    Each event must be in `arrivals` once. Decay is left to `vector.build`, as in serving. O((n + m) log(n + m)).
    """
    found = [Profile()] * len(asks)
    lines: dict[str, list[tuple[int, int, int | Interaction]]] = {}  # an ask comes before an event of its very moment
    for position, ask in enumerate(asks):
        lines.setdefault(ask.user_id, []).append((ask.at_us, 0, position))
    for arrival in arrivals:
        if arrival.user_id in lines:
            lines[arrival.user_id].append((arrival.arrived_us, 1, arrival.event))
    for line in lines.values():
        profile = Profile()
        for _, _, what in sorted(line, key=lambda entry: entry[:2]):
            if isinstance(what, Interaction):
                profile = apply(profile, what, catalogue)
            else:
                found[what] = profile
    return found
