"""Creates the topics of the table that Kafka does not have yet: a step of the stack, harmless to repeat."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.common import settings
from services.common.errors import Misconfigured, Unavailable
from services.common.topics import TOPICS, Topic


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """Where the topics are to be."""

    kafka: str
    topic_replicas: int = 1


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
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
