"""Detects that another process uses our static name (`group.instance.id`), before this process takes it back.

The broker gives a static name to the newest process that joins with it, and removes the older member. aiokafka's
heartbeat does not send the name, so the older process only receives an "unknown member" error. aiokafka then joins with
the name again, which removes the newer process, and so on every few seconds, within one generation. Neither process
would notice that the other had worked on its partitions.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import aiokafka.consumer.group_coordinator
from aiokafka.consumer.group_coordinator import CoordinatorGroupRebalance
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from services.wire.kafka.empty_tags import read_empty_tags

log = logging.getLogger(__name__)

_ANSWER_MS = 3_000


def notice_taken_names(kafka: str, taken: Callable[[str], None]) -> None:
    """Patches aiokafka: `taken` is called with the name where a consumer of this process finds it taken by another."""

    class Joining(CoordinatorGroupRebalance):  # type: ignore[misc]  # the library's types stay inside it
        async def perform_group_join(self) -> Any:
            """Joins as the library does, after checking which member has the name."""
            coordinator = self._coordinator
            name, before = coordinator._group_instance_id, getattr(coordinator, "_adloom_member_id", "")
            if name is not None and before:
                holder = await asyncio.to_thread(holder_of, kafka, self.group_id, name)
                if holder not in ("", before):
                    taken(name)
            joined = await super().perform_group_join()
            coordinator._adloom_member_id = coordinator.member_id or before
            return joined

    aiokafka.consumer.group_coordinator.CoordinatorGroupRebalance = Joining


def holder_of(kafka: str, group: str, name: str) -> str:
    """The id of the group's member with this static name; "" where there is none or Kafka does not answer."""
    read_empty_tags()
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=kafka.split(","), request_timeout_ms=_ANSWER_MS, bootstrap_timeout_ms=_ANSWER_MS
        )
        try:
            members = admin.describe_groups([group])[group]["members"]
        finally:
            admin.close()
    except KafkaError as exc:
        log.debug("the members of %s are not known: %r", group, exc)
        return ""
    return next((str(member["member_id"]) for member in members if member["group_instance_id"] == name), "")
