"""For how many partitions a room's states are laid out, and whether its inputs have as many. Pure.

A user's events and state lie in the partition that the key's hash names, so all inputs and the changelog must have the
same number. Kafka only ever adds partitions, and whoever adds some to a topic sends users elsewhere than their states
are. So the changelog's name says for how many partitions its states are laid out, and a worker of the room works only
where its inputs have that many and no other changelog of the room is there: it waits, with what to do named, while
`adloom partitions` moves the states (`services/tools/stack/kafka/repartition.py`). It removes the old changelog last,
and with that says that the new one is whole.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from services.common.topics import PARTITIONS

_TABLE = "users"


def table_of(partitions: int) -> str:
    """The name of the table, and so of the changelog, that holds states laid out for so many partitions.

    >>> table_of(PARTITIONS), table_of(8)
    ('users', 'users-of-8')
    """
    return _TABLE if partitions == PARTITIONS else f"{_TABLE}-of-{partitions}"


def changelog_of(processor: str, partitions: int) -> str:
    """The changelog's topic.

    >>> changelog_of("profiles", 8)
    'adloom-profiles-users-of-8-changelog'
    """
    return f"adloom-{processor}-{table_of(partitions)}-changelog"


def changelogs(processor: str, topics: Collection[str]) -> list[str]:
    """Those of `topics` that are changelogs of the room, for the fewest partitions first.

    Where there are several, the first is whole: states move to more partitions only, and it is removed when they have.

    >>> changelogs("profiles", ["ad.views", changelog_of("profiles", 12), changelog_of("profiles", PARTITIONS)])
    ['adloom-profiles-users-changelog', 'adloom-profiles-users-of-12-changelog']
    """
    pattern = re.compile(rf"adloom-{re.escape(processor)}-{_TABLE}(?:-of-(\d+))?-changelog")
    found = {topic: match for topic in topics if (match := pattern.fullmatch(topic))}
    return sorted(found, key=lambda topic: int(found[topic][1] or PARTITIONS))


@dataclass(frozen=True, slots=True)
class Layout:
    """What a room finds in a cluster."""

    partitions: int  # it works with so many, or wants so many
    why_not: str = ""  # it cannot work; what to do

    @property
    def waits_for(self) -> str:
        """What stands as the missing part."""
        return f"partitions (adloom partitions {self.partitions})"


def layout_of(processor: str, inputs: Collection[str], counts: Mapping[str, int]) -> Layout:
    """Whether a worker of the room may work; `counts` has the number of partitions of every topic of the cluster.

    >>> layout_of("profiles", ["ad.views", "ad.clicks"], {"ad.views": 8, "ad.clicks": 6}).why_not
    'ad.clicks 6, ad.views 8 partitions where the same number was expected: adloom partitions 8 moves all to 8'
    >>> layout_of("profiles", ["ad.views"], {"ad.views": 8, "adloom-profiles-users-of-8-changelog": 8}).why_not
    ''
    """
    states = changelogs(processor, counts)
    found = {topic: counts[topic] for topic in [*sorted(inputs), *states] if topic in counts}
    wanted = max(found.values(), default=PARTITIONS)
    if all(count == wanted for count in found.values()) and states in ([], [changelog_of(processor, wanted)]):
        return Layout(wanted)
    said = ", ".join(f"{topic} {count}" for topic, count in found.items())
    what_to_do = f"adloom partitions {wanted} moves all to {wanted}"
    return Layout(wanted, f"{said} partitions where the same number was expected: {what_to_do}")
