"""The state of one shopper: the profile, and the bookkeeping that makes each event count exactly once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgpack
import numpy as np

from services.common.errors import Bug
from services.features.profile import Profile, from_stored, stored_integers
from services.wire.faust.deduplicator import Deduplicator
from services.wire.faust.states.compression import squeezed, unsqueezed

VERSION = 2

Minutes = dict[str, dict[int, int]]
"""Events by topic and minute of their own time (minutes since 1970), within the lateness span."""


@dataclass(slots=True)
class State:
    """The state of one shopper. Only `apply.py` changes it, one user at a time; it is always stored whole."""

    profile: Profile = field(default_factory=Profile)
    appended_us: int = 0  # LogAppendTime of the newest event in the profile, microseconds since 1970
    deduplicator: Deduplicator = field(default_factory=Deduplicator)
    minutes: Minutes = field(default_factory=dict)


def pack(state: State) -> bytes:
    """The state as bytes, for the table."""
    profile = state.profile
    fields = (
        VERSION,
        stored_integers(profile),
        profile.decayed.tobytes(),
        state.appended_us,
        state.deduplicator.packed(),
    )
    packed: bytes = msgpack.packb((*fields, state.minutes))
    return squeezed(packed)


def unpack(packed: bytes | None) -> State:
    """The state that `pack` was given; an empty state for None.

    >>> unpack(pack(State())).profile.integer("views_total")
    0
    """
    if packed is None:
        return State()
    fields: list[Any] = msgpack.unpackb(unsqueezed(packed), strict_map_key=False)
    version, integers, decayed, appended_us, deduplicator, minutes = fields
    if version != VERSION:
        raise Bug(f"a state has version {version}, not {VERSION}: another release wrote it")
    profile = from_stored(integers, np.frombuffer(decayed, dtype=np.float64))
    return State(profile, appended_us, Deduplicator.unpacked(deduplicator), minutes)
