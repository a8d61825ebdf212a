"""Decides for how many partitions a worker's states are laid out, and whether its inputs have that number. Pure.

A user's events and state are in the partition given by the hash of the key, so all inputs and the changelog must have
the same number of partitions. Kafka only ever adds partitions. Added partitions send users' events to other partitions
than their states. So the changelog's name contains the number of partitions that its states are laid out for. A worker
runs only where its inputs have that number and no other changelog of the worker exists. Otherwise it waits and reports
what to do, until `adloom partitions` has moved the states (`services/tools/stack/kafka/repartition.py`). That command
removes the old changelog last, which shows that the new one is complete.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from services.common.topics import PARTITIONS

_TABLE = "users"


def table_of(partitions: int) -> str:
    """The name of the table, which is part of the changelog's name, for states laid out for `partitions`.

    >>> table_of(PARTITIONS), table_of(8)
    ('users', 'users-of-8')
    """
    return _TABLE if partitions == PARTITIONS else f"{_TABLE}-of-{partitions}"


def changelog_of(processor: str, partitions: int) -> str:
    """The topic name of the changelog.

    >>> changelog_of("profiles", 8)
    'adloom-profiles-users-of-8-changelog'
    """
    return f"adloom-{processor}-{table_of(partitions)}-changelog"


def changelogs(processor: str, topics: Collection[str]) -> list[str]:
    """Those of `topics` that are changelogs of the worker, the one for the fewest partitions first.

    Where there are several, the first is complete: states only move to more partitions, and their old changelog is
    removed once all have moved.

    >>> changelogs("profiles", ["ad.views", changelog_of("profiles", 12), changelog_of("profiles", PARTITIONS)])
    ['adloom-profiles-users-changelog', 'adloom-profiles-users-of-12-changelog']
    """
    pattern = re.compile(rf"adloom-{re.escape(processor)}-{_TABLE}(?:-of-(\d+))?-changelog")
    found = {topic: match for topic in topics if (match := pattern.fullmatch(topic))}
    return sorted(found, key=lambda topic: int(found[topic][1] or PARTITIONS))


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a worker's topics in a cluster."""

    partitions: int  # the number that it runs with, or needs
    why_not: str = ""  # why it cannot run and what to do; empty where it can

    @property
    def waits_for(self) -> str:
        """The name of the missing part, for readiness."""
        return f"partitions (adloom partitions {self.partitions})"


def layout_of(processor: str, inputs: Collection[str], counts: Mapping[str, int]) -> Layout:
    """Whether the worker may run; `counts` has the number of partitions of every topic of the cluster.

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
    counted = ", ".join(f"{topic} {count}" for topic, count in found.items())
    what_to_do = f"adloom partitions {wanted} moves all to {wanted}"
    return Layout(wanted, f"{counted} partitions where the same number was expected: {what_to_do}")
