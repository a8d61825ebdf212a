"""Gives all user-keyed topics more partitions, and moves the workers' states to match: `adloom partitions N`.

1. Every user-keyed topic gets N partitions. Running workers notice, finish their batch, leave their group and wait.
2. Each processor's states are copied from its present changelog to a new one with N partitions, each state to the
   partition that receives its user's events from now on. No worker writes states meanwhile: the consumer group must be
   empty before and after the copy; where the old changelog has grown in between, it is copied again.
3. The old changelog is deleted. The workers wait for that (`services/wire/faust/states/layout.py`) and continue with
   the new one.

If it is killed at any point, call it again: until the last step the old changelog has everything, and a second copy
replaces the first. Messages in partitions that their keys no longer belong to are moved by the workers, and
keep the time of their first append (`services/wire/codec/moved.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError, for_code

from services.common.errors import Misconfigured, Unavailable
from services.common.topics import TOPICS
from services.outcomes.topology import NAME as OUTCOMES
from services.profiles.topology import NAME as PROFILES
from services.tools.stack.kafka.copied_states import copied, ends_of
from services.wire.faust.states.layout import changelog_of, changelogs

PROCESSORS = (PROFILES, OUTCOMES)
KEYED = tuple(topic.name for topic in TOPICS if topic.key == "user pseudonym")
LEAVE_S = 120.0
"""How long workers may take to leave: one that was killed stays a member until its session expires."""

_LOOK_S = 0.5
_KEPT = ("cleanup.policy", "max.message.bytes", "compression.type", "min.insync.replicas")

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """The result of `repartition`."""

    partitions: int
    raised: list[str]  # topics
    states: dict[str, int]  # by processor: messages of its changelog that were copied


async def repartition(kafka: str, partitions: int, report: Report, leave_s: float = LEAVE_S) -> Moved:
    """Gives all user-keyed topics and the states so many partitions; returns when all states are moved.

    Raises `Misconfigured` where a topic has more, or a worker stays in its group; `Unavailable` without Kafka.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    try:
        await admin.start()
        counts = await _counts(admin)
        raised = await _raise(admin, partitions, counts)
        report(f"topics raised to {partitions} partitions: {', '.join(raised) or 'none, all have them'}")
        move = _Move(kafka, admin, partitions, report, leave_s)
        return Moved(partitions, raised, {processor: await move.states_of(processor) for processor in PROCESSORS})
    except (KafkaError, OSError) as exc:
        raise Unavailable("kafka", f"partitions were not changed to the end ({exc!r}): call it again") from exc
    finally:
        await admin.close()


def state_topics(topics: Collection[str]) -> list[str]:
    """Those of `topics` that are changelogs of our workers."""
    return [topic for processor in PROCESSORS for topic in changelogs(processor, topics)]


def to_raise(partitions: int, counts: Mapping[str, int]) -> list[str]:
    """User-keyed topics with fewer; raises `Misconfigured` where one, or a processor's changelog, has more.

    >>> to_raise(8, {"ad.views": 8, "ad.clicks": 6})
    ['ad.clicks']
    """
    most = max((counts.get(topic, 0), topic) for topic in (*KEYED, *state_topics(counts)))
    if most[0] > partitions:
        text = f"{partitions} partitions where at least {most[0]} were expected: {most[1]} has so many, and Kafka"
        raise Misconfigured(f"{text} takes none away.")
    return [topic for topic in KEYED if 0 < counts.get(topic, 0) < partitions]


async def _counts(admin: AIOKafkaAdminClient) -> dict[str, int]:
    return {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}


async def _raise(admin: AIOKafkaAdminClient, partitions: int, counts: Mapping[str, int]) -> list[str]:
    raised = to_raise(partitions, counts)
    if raised:
        await admin.create_partitions({topic: NewPartitions(partitions) for topic in raised})
    return raised


@dataclass(frozen=True, slots=True)
class _Move:
    """Moves the states of processors to changelogs with the new number of partitions."""

    kafka: str
    admin: AIOKafkaAdminClient
    partitions: int
    report: Report
    leave_s: float

    async def states_of(self, processor: str) -> int:
        """Moves one processor's states to the new changelog; returns how many messages were copied."""
        target, counts = changelog_of(processor, self.partitions), await _counts(self.admin)
        others = [topic for topic in changelogs(processor, counts) if topic != target]
        if counts.get(target, self.partitions) != self.partitions:
            text = f"{target} has {counts[target]} partitions where {self.partitions} were expected: somebody"
            raise Misconfigured(f"{text} created it again. Where its states are to be made of events again, delete it.")
        if not others:
            return 0
        source = {others[0]: counts[others[0]]}  # further ones: from an unfinished call with another number
        await self._make(target, others[0])
        number, before = 0, None
        while before != (before := await self._ends(processor, source)):
            number = await copied(self.kafka, source, target, self.partitions)
        self.report(f"{processor}: {number} messages of {others[0]} are in {target}")
        await self._remove(others)
        return number

    async def _ends(self, processor: str, source: Mapping[str, int]) -> Mapping[tuple[str, int], int]:
        """The end offsets of the source, read once the group has no members."""
        await self._empty(f"adloom-{processor}")
        return await ends_of(self.kafka, source)

    async def _empty(self, group: str) -> None:
        """Returns when the consumer group has no members."""
        loop, reported = asyncio.get_running_loop(), False
        end = loop.time() + self.leave_s
        while members := await self._members(group):
            if not reported:
                self.report(f"waits until the {members} workers of {group} have left (they notice within seconds)")
            if loop.time() > end:
                text = f"{group} still has {members} members after {self.leave_s:.0f} s where none was expected"
                raise Misconfigured(f"{text}: stop its workers (adloom stop {group[7:]}), and call this again.")
            reported = True
            await asyncio.sleep(_LOOK_S)

    async def _members(self, group: str) -> int:
        found = 0
        for answer in await self.admin.describe_consumer_groups([group]):
            for code, _, _, _, _, members, *_ in answer.groups:
                if code:
                    raise for_code(code)(group)
                found += len(members)
        return found

    async def _make(self, target: str, like: str) -> None:
        """Creates the new changelog like the old one except for its partitions; does nothing where it exists."""
        if target in await self.admin.list_topics():
            return
        (described,) = await self.admin.describe_topics([like])
        replicas = len(described["partitions"][0]["replicas"])
        wanted = {name: value for name, value in (await self._settings(like)).items() if name in _KEPT}
        await self.admin.create_topics([NewTopic(target, self.partitions, replicas, topic_configs=wanted)])

    async def _settings(self, topic: str) -> dict[str, str]:
        (answer,) = await self.admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        resources: Any = answer.resources
        return {entry[0]: entry[1] for resource in resources for entry in resource[4]}

    async def _remove(self, topics: list[str]) -> None:
        """Deletes the topics and returns when they are gone; the first one, which is complete, is deleted last."""
        for topic in reversed(topics):
            answer: Any = await self.admin.delete_topics([topic])
            for name, code, *_ in answer.topic_error_codes:
                if code and for_code(code) is not UnknownTopicOrPartitionError:  # another call may have deleted it
                    text = f"{name}: Kafka does not delete it ({for_code(code).__name__}): allow that, or delete it by"
                    raise Misconfigured(f"{text} hand. Its states are in the new changelog; then call this again.")
        while set(topics) & set(await self.admin.list_topics()):
            await asyncio.sleep(_LOOK_S)
