"""Creates the topics of the table that Kafka does not have yet, and sets what decides what the others let in.

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
from services.common.errors import Misconfigured, Unavailable
from services.common.process import exit_status_of
from services.common.topics import DOOR_SETTINGS, TOPICS, Topic
from services.wire.kafka_empty_tags import read_empty_tags


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """Where the topics are to be."""

    kafka: str
    topic_replicas: settings.AtLeastOne = 1


def wrong_partitions(found: dict[str, int]) -> list[str]:
    """Topics that exist with another number of partitions than the table says.

    >>> wrong_partitions({"ad.views": 1})
    ['ad.views has 1 partitions where 6 were expected']
    """
    wrong = [t for t in TOPICS if t.name in found and found[t.name] != t.partitions]
    return [f"{t.name} has {found[t.name]} partitions where {t.partitions} were expected" for t in wrong]


def new_topic(topic: Topic, replicas: int) -> NewTopic:
    return NewTopic(topic.name, topic.partitions, replicas, topic_configs=topic.config())


async def create(admin: AIOKafkaAdminClient, replicas: int) -> list[str]:
    """Create what is missing; the names created."""
    existing = await admin.list_topics()
    described = await admin.describe_topics([t.name for t in TOPICS if t.name in existing])
    wrong = wrong_partitions({d["topic"]: len(d["partitions"]) for d in described})
    if wrong:  # users' messages would not lie side by side
        raise Misconfigured("; ".join(wrong))
    missing = [t for t in TOPICS if t.name not in existing]
    if missing:
        answer = await admin.create_topics([new_topic(t, replicas) for t in missing])
        failed = [(name, message) for name, code, message in answer.topic_errors if code]
        if failed:
            raise Unavailable("kafka", f"topics were refused: {failed}")
    return [t.name for t in missing]


def shut_doors(kafka: str) -> list[str]:
    """Gives existing topics the table's `DOOR_SETTINGS`; what was changed, "ad.views compression.type". Blocks.

    An older release made them without, and elsewhere somebody else may have made them.
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
    """The door settings that `topic` must be given.

    >>> differing(TOPICS[0], TOPICS[0].config() | {"retention.ms": "1", "compression.type": "producer"})
    {'compression.type': 'uncompressed'}
    """
    wanted = topic.config()
    return {name: wanted[name] for name in DOOR_SETTINGS if found.get(name) != wanted[name]}


async def main() -> int:
    """Connect, create, leave."""
    chosen = settings.read(TopicSettings, os.environ)
    admin = AIOKafkaAdminClient(bootstrap_servers=chosen.kafka)
    await admin.start()
    try:
        created = await create(admin, chosen.topic_replicas)
    finally:
        await admin.close()
    sys.stderr.write(f"topics created: {', '.join(created) or 'none, all are there'}\n")
    changed = await asyncio.to_thread(shut_doors, chosen.kafka)
    if changed:
        sys.stderr.write(f"topics that let in other things than the table says were set to it: {', '.join(changed)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(exit_status_of("topics", lambda: asyncio.run(main())))
