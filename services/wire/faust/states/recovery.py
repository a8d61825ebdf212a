"""Restores a table's states fast, and without losing messages when the recovery ends.

Faust 0.15.3 processes the messages of the changelog one by one; `restore.py` reads them in large batches.

After Faust has restored the states it resumes fetching, seeks to the committed offsets, and only then empties the
streams' queues. Messages that were fetched in between are lost, and because the next message has a later offset, Faust
takes the gap for compacted messages and commits past it. Here fetching resumes only when the queues are empty and the
offsets are right. (tests/integration/stream, the test that loses the disk, fails without this.)
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any, cast

from aiokafka.errors import IllegalStateError
from faust.exceptions import ConsistencyError
from faust.tables.manager import TableManager
from faust.tables.recovery import RebalanceAgain, Recovery, ServiceStopped
from faust.types import TP
from mode import Service

from services.common.metrics import METRICS
from services.wire.faust.batch import PartitionsRevoked
from services.wire.faust.states.changelog import Span
from services.wire.faust.states.restore import Restorer, end_where_cancelled
from services.wire.faust.states.table import StateTable

_AGAIN_S = 0.25

log = logging.getLogger(__name__)


class CarefulRecovery(Recovery):
    """Faust's recovery, with our own reader, and with the flow stopped while it ends.

    A recovery is replaced when the next assignment arrives, not when the rebalance begins. Where it ends in between,
    Faust reports that no rebalance is in progress until the next recovery has ended. So `is_over` counts rebalances.
    """

    began = 0  # the number of the rebalance whose assignment is being recovered
    ended = 0  # the number of the last rebalance whose states are restored

    @property
    def is_over(self) -> bool:
        """Whether the states of the newest assignment are restored and no rebalance is in progress."""
        return not self.app.rebalancing and self.ended == self.app.rebalancing_count

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Handles a new assignment; the next rebalance does not complete before this returns."""
        self.began = self.app.rebalancing_count
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)

    @Service.task
    async def _restart_recovery(self) -> None:
        """Runs one recovery after each rebalance; the next rebalance ends it and starts another."""
        while not self.should_stop:
            if await self.wait_for_stopped(cast(Any, self.signal_recovery_start)):
                break
            self.signal_recovery_start.clear()
            try:
                await self._wait(self._recover(self._generation_id))
            except (RebalanceAgain, IllegalStateError):
                continue
            except ServiceStopped:
                break
            except PartitionsRevoked:  # a zombie wrote meanwhile: retry, unless a rebalance comes first
                await self.sleep(_AGAIN_S)
                self.signal_recovery_start.set()

    async def _recover(self, generation_id: int) -> None:
        self._set_recovery_started()
        consumer = self.app.consumer
        consumer.stop_flow()
        await self._build_highwaters(consumer, self.active_tps, self.active_highwaters, "active")
        await self._build_offsets(consumer, self.active_tps, self.active_offsets, "active")
        for tp in self.active_tps:
            if self.active_offsets[tp] > self.active_highwaters[tp]:
                end = self.active_highwaters[tp]
                raise ConsistencyError(f"{tp} ends at {end}, and the local store has come to {self.active_offsets[tp]}")
        spans = await self._take_over()
        await self._restore(spans)
        end_where_cancelled()
        self.has_come_to(spans)
        consumer.pause_partitions(self.active_tps)
        await self.on_recovery_completed(generation_id)

    def has_come_to(self, spans: Mapping[TP, Span]) -> None:
        """Notes that the local store has the spans. (Faust's offsets are a `Counter`, whose `update` would add.)"""
        for tp, span in spans.items():
            self.active_offsets[tp] = span.end - 1

    async def _take_over(self) -> dict[TP, Span]:
        """Takes over the changelogs; returns the spans to read, each from the last message in the local store."""
        states: StateTable = cast(Any, self.tables).states
        states.changelog.forget()
        tps = list(self.active_tps)
        marks = await asyncio.gather(*(states.take_over(tp.partition) for tp in tps))
        return {tp: Span(max(self.active_offsets[tp], 0), mark) for tp, mark in zip(tps, marks, strict=True)}

    async def _restore(self, spans: dict[TP, Span]) -> None:
        began, kafka = time.monotonic(), ",".join(f"{url.host}:{url.port}" for url in self.app.conf.broker)
        restored = 0
        for table, tps in self.actives_for_table.items():
            restorer = Restorer(kafka, table)
            await restorer.restore({tp: spans[tp] for tp in tps})
            restored += restorer.restored
            for tp, keys in restorer.overwritten.items():
                await cast(Any, self.tables).states.write_again(tp.partition, keys)
        METRICS.restored_states.set(restored)
        METRICS.restore_seconds.set(time.monotonic() - began)

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """Seeks, empties the queues and then resumes the flow; Faust seeks and empties while the flow runs."""
        self.app.consumer.stop_flow()
        await super().on_recovery_completed(generation_id)
        if self.app.consumer_generation_id == generation_id:
            self.ended = self.began


class CarefulTableManager(TableManager):
    """The table manager of the worker's app: uses `CarefulRecovery`, and starts without Faust's pause of a second."""

    async def on_start(self) -> None:
        """Waits for the agents, where Faust sleeps for a second, then starts the recovery."""
        await self.app.agents.wait_until_agents_started()
        if not self.should_stop:
            await self._update_channels()
            await self.recovery.start()

    @property
    def recovery(self) -> Recovery:
        """The recovery of this app's tables."""
        if self._recovery is None:
            self._recovery = CarefulRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery
