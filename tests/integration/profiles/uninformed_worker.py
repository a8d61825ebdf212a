"""The worker `profiles`, whose group learns late which topics there are: `python uninformed_worker.py`.

As where a broker does not tell yet of topics that were made a moment ago: of none at first, then not of the changelog,
then of nothing else.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from types import SimpleNamespace
from typing import Any

from aiokafka.cluster import ClusterMetadata
from faust.assignor.partition_assignor import PartitionAssignor

from services.profiles.main import main

UNTOLD = 4  # answers to each client that name no topic
WITHOUT_CHANGELOG = 2  # assignments
WITHOUT_INPUTS = 8  # further ones: a worker that comes to this changelog again and again must not lose count

_told = ClusterMetadata.update_metadata
_answers: Counter[int] = Counter()
_informed = PartitionAssignor._get_copartitioned_groups
_assignments = itertools.count()


def _hear(cluster: Any, metadata: Any) -> None:
    _answers[id(cluster)] += 1
    if _answers[id(cluster)] <= UNTOLD:
        named = {name: getattr(metadata, name) for name in ("API_VERSION", "brokers", "controller_id")}
        metadata = SimpleNamespace(**named, topics=[])
    _told(cluster, metadata)


def _uninformed(topics: set[str], cluster: Any, subscriptions: Any) -> Any:
    if not any(map(cluster.partitions_for_topic, topics)):
        return _informed(topics, cluster, subscriptions)
    count = next(_assignments)
    known = {
        topic
        for topic in topics
        if count >= WITHOUT_CHANGELOG + WITHOUT_INPUTS or topic.endswith("-changelog") == (count >= WITHOUT_CHANGELOG)
    }
    return _informed(known, cluster, subscriptions)


if __name__ == "__main__":
    setattr(ClusterMetadata, "update_metadata", _hear)  # noqa: B010
    setattr(PartitionAssignor, "_get_copartitioned_groups", staticmethod(_uninformed))  # noqa: B010
    sys.exit(main())
