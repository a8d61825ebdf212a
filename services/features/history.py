"""Point-in-time profiles for training: what was known about a shopper at a moment in the past, and nothing later.

A model that is trained on features which the server could not have had at that time learns from the future. Decisive is
when an event *arrived* (LogAppendTime), not when it happened: the server could not read a late event yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.catalogue.facts import ProductLookup
from services.features.profile import Interaction, Profile, apply


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event of one shopper and when it arrived."""

    user_id: str
    arrived_us: int  # LogAppendTime, microseconds since 1970
    event: Interaction


@dataclass(frozen=True, slots=True)
class ProfileQuery:
    """A query for a shopper's profile at a moment."""

    user_id: str
    at_us: int  # microseconds since 1970


def profiles_as_of(
    queries: Sequence[ProfileQuery], arrivals: Iterable[Arrival], lookup: ProductLookup
) -> list[Profile]:
    """For each query, in the order given, the profile of all events that had arrived before its moment.

    Each event must be in `arrivals` once. Decay is left to `vector.build`, as in serving. O((n + m) log(n + m)).
    """
    found = [Profile()] * len(queries)
    timelines: dict[str, list[tuple[int, int, int | Interaction]]] = {}  # at equal times queries sort before events
    for position, query in enumerate(queries):
        timelines.setdefault(query.user_id, []).append((query.at_us, 0, position))
    for arrival in arrivals:
        if arrival.user_id in timelines:
            timelines[arrival.user_id].append((arrival.arrived_us, 1, arrival.event))
    for timeline in timelines.values():
        profile = Profile()
        for _, _, entry in sorted(timeline, key=lambda entry: entry[:2]):
            if isinstance(entry, Interaction):
                profile = apply(profile, entry, lookup)
            else:
                found[entry] = profile
    return found
