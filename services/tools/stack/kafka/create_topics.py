"""Creates the missing topics of the table, and corrects the settings that decide what the other topics accept.

A step of the stack, harmless to repeat.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError

from services.common import settings
from services.common.errors import Unavailable
from services.common.topics import ACCEPTANCE_SETTINGS, PARTITIONS, TOPICS, Topic
from services.runtime.process import exit_status_of
from services.tools.stack.kafka.repartition import KEYED, repartition, state_topics
from services.wire.kafka.empty_tags import read_empty_tags


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """Where and how the topics are created."""

    kafka: str
    topic_replicas: settings.AtLeastOne = 1


def keyed_partitions(found: Mapping[str, int]) -> int:
    """How many partitions every user-keyed topic must have; `found` are the present numbers by topic.

    A worker's changelog that somebody has raised counts, too: Kafka takes no partitions away.

    >>> keyed_partitions({}), keyed_partitions({"ad.views": 8, "ad.clicks": 6}), keyed_partitions({"ad.views": 1})
    (6, 8, 6)
    >>> keyed_partitions({"ad.views": 6, "adloom-profiles-users-changelog": 8})
    8
    """
    counts = [found.get(topic, 0) for topic in KEYED]
    states = [found[topic] for topic in state_topics(found)]
    return counts[0] if len({*counts, *states}) == 1 and counts[0] else max(PARTITIONS, *counts, *states)


def new_topic(topic: Topic, replicas: int, keyed: int) -> NewTopic:
    partitions = keyed if topic.name in KEYED else topic.partitions
    return NewTopic(topic.name, partitions, replicas, topic_configs=topic.config())


async def create(admin: AIOKafkaAdminClient, replicas: int) -> tuple[list[str], int]:
    """Create what is missing; returns the created names, and how many partitions user-keyed topics must have."""
    existing = {d["topic"]: len(d["partitions"]) for d in await admin.describe_topics()}
    keyed = keyed_partitions(existing)
    missing = [t for t in TOPICS if t.name not in existing]
    if missing:
        answer = await admin.create_topics([new_topic(t, replicas, keyed) for t in missing])
        failed = [(name, message) for name, code, message in answer.topic_errors if code]
        if failed:
            raise Unavailable("kafka", f"topics were refused: {failed}")
    return [t.name for t in missing], keyed


def apply_acceptance_settings(kafka: str) -> list[str]:
    """Sets the table's `ACCEPTANCE_SETTINGS` on existing topics; returns the changes ("ad.views compression.type").

    Blocks. Topics may lack them where an older release or another tool created the topics.
    """
    read_empty_tags()
    admin = KafkaAdminClient(bootstrap_servers=kafka.split(","))
    try:
        names = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in TOPICS]
        found = admin.describe_configs(names, config_filter="all")["topic"]
        wrong = {
            topic.name: differing(topic, {n: c["value"] for n, c in found[topic.name].items()}) for topic in TOPICS
        }
        changes = [
            ConfigResource(ConfigResourceType.TOPIC, name, changed) for name, changed in wrong.items() if changed
        ]
        if changes:
            admin.alter_configs(changes)
    except KafkaError as exc:
        raise Unavailable("kafka", f"the topics' settings could not be set: {exc}") from exc
    finally:
        admin.close()
    return [f"{name} {setting}" for name, changed in wrong.items() for setting in changed]


def differing(topic: Topic, found: Mapping[str, str]) -> dict[str, str]:
    """The `ACCEPTANCE_SETTINGS` of `topic` whose present values differ from the table.

    >>> differing(TOPICS[0], TOPICS[0].config() | {"retention.ms": "1", "compression.type": "producer"})
    {'compression.type': 'uncompressed'}
    """
    wanted = topic.config()
    return {name: wanted[name] for name in ACCEPTANCE_SETTINGS if found.get(name) != wanted[name]}


def report(line: str) -> None:
    sys.stderr.write(f"{line}\n")


async def main() -> int:
    """Connect, create, leave."""
    chosen = settings.read(TopicSettings, os.environ)
    admin = AIOKafkaAdminClient(bootstrap_servers=chosen.kafka)
    await admin.start()
    try:
        created, keyed = await create(admin, chosen.topic_replicas)
    finally:
        await admin.close()
    sys.stderr.write(f"topics created: {', '.join(created) or 'none, all are there'}\n")
    await repartition(chosen.kafka, keyed, report)  # completes an interrupted one
    changed = await asyncio.to_thread(apply_acceptance_settings, chosen.kafka)
    if changed:
        sys.stderr.write(
            f"topics that accepted other messages than the table says were corrected: {', '.join(changed)}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(exit_status_of("topics", lambda: asyncio.run(main())))
