"""Finds the id of the Kafka cluster. Local states are kept by cluster: their offsets mean nothing in another one."""

from __future__ import annotations

import asyncio
import logging

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from services.runtime.health import Readiness

PART = "kafka"

log = logging.getLogger(__name__)

_ANSWER_MS = 5_000
_TRY_S = 0.25


async def cluster_id(kafka: str, readiness: Readiness) -> str:
    """The id of the cluster at these addresses; waits, with the part named in `readiness`, until it answers."""
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka, request_timeout_ms=_ANSWER_MS)
        try:
            await admin.start()
            found = str((await admin.describe_cluster())["cluster_id"])
            readiness.has(PART)
            return found
        except (KafkaError, OSError) as exc:
            log.debug("kafka does not answer yet: %r", exc)
            readiness.waiting_for(PART)
            await asyncio.sleep(_TRY_S)
        finally:
            await admin.close()
