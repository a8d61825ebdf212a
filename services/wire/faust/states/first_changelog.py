"""Creates a worker's changelog at its very first start only.

A worker that starts while `adloom partitions` moves the states may have seen the layout of before. Would it create the
old changelog again, it would store states there that start from nothing, and the move would have to be repeated.
"""

from __future__ import annotations

import asyncio
import logging

import faust
from aiokafka.errors import KafkaError

from services.wire.faust.states.layout import changelogs
from services.wire.faust.states.layouts import counts

log = logging.getLogger(__name__)

_AGAIN_S = 0.25


class FirstChangelog(faust.Topic):
    """The class of the worker's topics: a changelog is created where no changelog of the worker exists."""

    async def declare(self) -> None:
        """Creates the topic as Faust does, or leaves it away; waits while Kafka is down."""
        if not self.internal or not await self._others():
            await super().declare()

    async def _others(self) -> list[str]:
        """The changelogs of this worker that exist, for any number of partitions."""
        kafka = ",".join(f"{url.host}:{url.port}" for url in self.app.conf.broker)
        while True:
            try:
                return changelogs(self.app.conf.id.removeprefix("adloom-"), await counts(kafka))
            except (KafkaError, OSError) as exc:
                log.debug("kafka did not say which changelogs there are: %r", exc)
                await asyncio.sleep(_AGAIN_S)
