"""A worker's requests to its consumer group, and the check that an assignment is complete.

The group's leader assigns the topics in its client's metadata. A changelog is created at the very first start. Where
the metadata does not have it yet, Faust's assignor leaves it out with a warning. The worker would then have inputs
without a changelog: it could store no state, and would send the same dead letters again and again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import aiokafka
from aiokafka.errors import KafkaError
from faust.types.tuples import TP

from services.wire.codec.envelope import TopicPartition
from services.wire.faust.batch import PartitionsRevoked

_LOOK_S = 0.5


def unassigned(assigned: Iterable[TP], topics: Collection[str]) -> list[TP]:
    """The partitions missing from `assigned`: a partition assigned in one of `topics` must be assigned in all of them.

    >>> unassigned([TP("views", 0), TP("views", 1), TP("states", 1), TP("other", 2)], ["views", "states"])
    [TP(topic='states', partition=0)]
    """
    found = {tp for tp in assigned if tp.topic in topics}
    partitions = sorted({tp.partition for tp in found})
    return [tp for partition in partitions for topic in topics if (tp := TP(topic, partition)) not in found]


def unknown(consumer: Any, topics: Iterable[str]) -> list[str]:
    """The topics that are not in this worker's metadata; where it leads the group, they were assigned to no worker."""
    cluster = _client(consumer)._client.cluster
    return [topic for topic in topics if not cluster.partitions_for_topic(topic)]


async def request_new_assignment(consumer: Any, topics: Collection[str]) -> None:
    """Refreshes the metadata, and requests a new assignment once it has all topics.

    Must be called again while a topic is missing: an assignment without that topic would be of no use.
    """
    await _thread(consumer).call_thread(_client(consumer)._client.force_metadata_update)
    if unknown(consumer, topics):
        await asyncio.sleep(_LOOK_S)
    else:
        await _thread(consumer).call_thread(_rejoin, _client(consumer))


async def is_counted(consumer: Any) -> bool:
    """Whether a heartbeat sent now shows the worker as a member of the group's generation; raises `KafkaError`."""
    found: bool = await _thread(consumer).call_thread(_client(consumer)._coordinator._do_heartbeat)
    return found


async def done_by_group(consumer: Any, ends: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    """The offset of each of these inputs before which the group has done everything; raises `KafkaError`.

    Messages that retention has deleted are done, too: a partition without a committed offset starts at its earliest.
    """
    asked = {tp: aiokafka.TopicPartition(*tp) for tp in ends}
    coordinator = _client(consumer)._coordinator
    call = _thread(consumer).call_thread
    found = await call(coordinator.fetch_committed_offsets, list(asked.values())) if asked else {}
    done = {tp: found[of_client].offset if of_client in found else 0 for tp, of_client in asked.items()}
    behind = [TP(*tp) for tp in ends if done[tp] < ends[tp]]
    earliest = await consumer.earliest_offsets(*behind) if behind else {}
    return done | {(tp.topic, tp.partition): max(done[tp], offset) for tp, offset in earliest.items()}


async def see_skipped(consumer: Any, tps: Collection[TP], never_read: Mapping[TopicPartition, int]) -> None:
    """Reports messages skipped by somebody else's commit; raises `PartitionsRevoked` where Kafka is down."""
    try:
        await _thread(consumer).tell_skipped(tps, never_read)
    except KafkaError as exc:
        raise PartitionsRevoked from exc


def give_name_up(consumer: Any) -> None:
    """Makes the worker leave the group when the app stops: others get its partitions before the session times out.

    aiokafka does not leave a group under a static name. A killed worker keeps its static name, because it comes back.
    """
    _client(consumer)._coordinator._group_instance_id = None


async def _rejoin(client: Any) -> None:
    client._coordinator.request_rejoin()


def _thread(consumer: Any) -> Any:
    """Faust's consumer thread."""
    return consumer._thread


def _client(consumer: Any) -> Any:
    """The aiokafka consumer inside Faust's."""
    return _thread(consumer)._ensure_consumer()
