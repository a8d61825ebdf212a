"""What a worker asks of its consumer group, and what the group may not leave out.

Whoever leads the group assigns what its client's metadata knows. A changelog is made at the very first start, and where
a broker does not tell of it yet, Faust's assignor leaves it out with a warning. Such a worker would have inputs and
nowhere to keep what follows from them: it could store nothing, and would say its dead letters again and again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from typing import Any

from aiokafka.errors import KafkaError
from faust.types.tuples import TP

from services.wire.faust.batch import PartitionsRevoked

_LOOK_S = 0.5


def lacking(assigned: Iterable[TP], topics: Collection[str]) -> list[TP]:
    """What is missing for each partition to be assigned in all of `topics`, where it is in one.

    >>> lacking([TP("views", 0), TP("views", 1), TP("states", 1), TP("other", 2)], ["views", "states"])
    [TP(topic='states', partition=0)]
    """
    found = {tp for tp in assigned if tp.topic in topics}
    partitions = sorted({tp.partition for tp in found})
    return [tp for partition in partitions for topic in topics if (tp := TP(topic, partition)) not in found]


def unknown(consumer: Any, topics: Iterable[str]) -> list[str]:
    """Those topics that the brokers have not told this worker of; where it leads the group, nobody was given them."""
    cluster = _client(consumer)._client.cluster
    return [topic for topic in topics if not cluster.partitions_for_topic(topic)]


async def have_assigned_anew(consumer: Any, topics: Collection[str]) -> None:
    """Asks the brokers for what they know now, and the group for a new assignment once they tell of all topics.

    To be called again if need be: another assignment without a topic that nobody knows yet would be of no use.
    """
    await _thread(consumer).call_thread(_client(consumer)._client.force_metadata_update)
    if unknown(consumer, topics):
        await asyncio.sleep(_LOOK_S)
    else:
        await _thread(consumer).call_thread(_rejoin, _client(consumer))


async def is_counted(consumer: Any) -> bool:
    """Whether the group's coordinator, asked now, counts the worker in its generation; raises `KafkaError`."""
    found: bool = await _thread(consumer).call_thread(_client(consumer)._coordinator._do_heartbeat)
    return found


async def see_skipped(consumer: Any, tps: Collection[TP]) -> None:
    """Reports messages before offsets that somebody else has committed; raises `PartitionsRevoked` without Kafka."""
    try:
        await _thread(consumer).tell_skipped(tps)
    except KafkaError as exc:
        raise PartitionsRevoked from exc


def give_name_up(consumer: Any) -> None:
    """Lets others have the partitions when the app has stopped, and not only when the session has run out.

    aiokafka leaves a group only where its name is not kept for it; a killed worker's is, because it comes back.
    """
    _client(consumer)._coordinator._group_instance_id = None


async def _rejoin(client: Any) -> None:
    client._coordinator.request_rejoin()


def _thread(consumer: Any) -> Any:
    """Faust's consumer lives in a thread of its own."""
    return consumer._thread


def _client(consumer: Any) -> Any:
    """aiokafka's consumer under Faust's."""
    return _thread(consumer)._ensure_consumer()
