"""A version of a posterior as messages that a broker takes: one, or parts by a hash of the arm.

    PolicyVersion -> `parts_of` -> ad.policy, one key a part -> `WholeVersions` -> PolicyVersion

A part says how many there are. Nobody applies a version before all its parts have come, so no process has half of one.
A version of one part is the message itself, without a number.
"""

from __future__ import annotations

import zlib
from typing import Final

from protos.gen.adloom.events.v1.policy_pb2 import ArmPosterior, PolicyVersion

PART_BYTES: Final = 900_000
"""Room for the arms in one message; about 15,000 of them. Kafka takes 1 MiB, and checks the size before compression."""

MOST_PARTS: Final = 64
"""Most messages of one version: about a million arms."""

_UNEVEN: Final = 0.9  # how full parts may be on average, because a hash fills them unevenly

VERSION_BYTES: Final = int(PART_BYTES * (1 + _UNEVEN * (MOST_PARTS - 1)))
"""Room for the arms of one version."""

FRAME_BYTES: Final = 8
"""At most, around an arm in its message."""

_INCOMPLETE: Final = 4  # versions of which parts are kept while others are awaited


def parts_of(version: PolicyVersion) -> list[PolicyVersion]:
    """The messages of a version; each has all its fields, and some of its arms."""
    size = sum(arm.ByteSize() + FRAME_BYTES for arm in version.arms)
    if size <= PART_BYTES:
        return [version]
    count = int(size / (PART_BYTES * _UNEVEN)) + 1
    while (shares := _shares(version, count)) is None:
        count += 1
    found = []
    for number, arms in enumerate(shares):
        part = PolicyVersion(part=number, parts=count, arms=arms)
        for field in ("policy_id", "version", "prior_shape", "prior_rate"):
            setattr(part, field, getattr(version, field))
        part.updated_at.CopyFrom(version.updated_at)
        part.included_offsets.update(version.included_offsets)
        found.append(part)
    return found


def key_of(part: PolicyVersion) -> str:
    """The key on the compacted topic, which keeps the newest message of each: "thompson", "thompson/1" .."""
    return f"{part.policy_id}/{part.part}" if part.part else part.policy_id


class WholeVersions:
    """Puts parts together, in whatever order they come; belongs to one thread."""

    def __init__(self) -> None:
        self._parts: dict[tuple[str, int, int, int], dict[int, PolicyVersion]] = {}

    def add(self, part: PolicyVersion) -> PolicyVersion | None:
        """The version whose last missing part this is; None while others are missing, and for a part that is none."""
        if part.parts <= 1:
            return part
        if not 0 <= part.part < part.parts:
            return None
        key = (part.policy_id, part.version, part.updated_at.ToNanoseconds(), part.parts)
        found = self._parts.setdefault(key, {})
        found[part.part] = part
        if len(found) < part.parts:
            while len(self._parts) > _INCOMPLETE:  # the others of those will never come
                del self._parts[next(iter(self._parts))]
            return None
        del self._parts[key]
        whole = PolicyVersion()
        whole.CopyFrom(part)
        whole.ClearField("arms")
        whole.part = whole.parts = 0
        arms = (arm for one in found.values() for arm in one.arms)
        whole.arms.extend(sorted(arms, key=lambda arm: arm.creative_id))
        return whole


def _shares(version: PolicyVersion, count: int) -> list[list[ArmPosterior]] | None:
    """The arms in so many parts; None where one of them would be too large."""
    shares: list[list[ArmPosterior]] = [[] for _ in range(count)]
    room = [PART_BYTES] * count
    for arm in version.arms:
        number = zlib.crc32(arm.creative_id.encode()) % count
        shares[number].append(arm)
        room[number] -= arm.ByteSize() + FRAME_BYTES
    return shares if min(room) >= 0 else None
