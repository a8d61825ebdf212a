"""Recovery of a table's states, without losing messages when it ends.

When Faust 0.15.3 has restored the states it lets fetching from the topics go on, seeks to the committed offsets, and
then empties the streams' queues. Messages that were fetched in between are gone, and because the next one has a later
offset, Faust takes the hole for compacted messages and commits past it. Here nothing is fetched until the queues are
empty and the offsets are right. (tests/integration/stream, the test that loses the disk, fails without this.)
"""

from __future__ import annotations

from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery


class CarefulRecovery(Recovery):
    """Faust's recovery, with the flow stopped around its end."""

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """Seeks, empties queues and lets messages flow again, in this order; Faust's own does it with flow."""
        self.app.consumer.stop_flow()
        await super().on_recovery_completed(generation_id)


class CarefulTableManager(TableManager):
    """Chosen by the worker's app; it differs in the recovery that it makes."""

    @property
    def recovery(self) -> Recovery:
        """The recovery of this app's tables."""
        if self._recovery is None:
            self._recovery = CarefulRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery
