"""Connects a process that serves nothing before Kafka is there."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from services.common.errors import Unavailable
from services.runtime.health import Readiness
from services.wire.kafka.producer import Producer, ProducerSettings

_LOG = logging.getLogger(__name__)
_AGAIN_S: Final = 0.5


async def await_broker(
    settings: ProducerSettings, readiness: Readiness, asked_to_leave: asyncio.Event
) -> Producer | None:
    """A producer as soon as a broker answers, however long that takes; None if SIGTERM or SIGINT came first."""
    readiness.waiting_for("kafka")
    while not asked_to_leave.is_set():
        try:
            producer = await asyncio.to_thread(Producer, settings)
        except Unavailable as error:
            _LOG.info("Waiting: %s", error)
            await asyncio.sleep(_AGAIN_S)
            continue
        readiness.has("kafka")
        return producer
    return None
