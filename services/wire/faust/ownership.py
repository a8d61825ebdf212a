"""Tells outside stores which worker owns the partitions, so that they refuse writes of one that lost them."""

from __future__ import annotations

import asyncio

from services.wire.faust.batch import PartitionsRevoked
from services.wire.faust.worker import Worker

_ANSWER_S = 5.0


class FaustOwnership:
    """A worker's ownership of its partitions, under a name that changes with them. Not for use in its event loop."""

    def __init__(self, process: str) -> None:
        """`process` is a name that no other process has or ever had."""
        self._process = process
        self._worker: Worker | None = None

    def is_of(self, worker: Worker) -> None:
        """Sets the worker; once, before it starts."""
        self._worker = worker

    def name(self) -> str:
        """The worker, its process and the generation of its partitions."""
        worker = self._of()
        return f"{worker.settings.instance or worker.name}/{self._process}/{worker.generation}"

    def is_confirmed(self) -> bool:
        """Whether the group's coordinator still counts the worker in its generation; asks it now."""
        worker = self._of()
        answer = asyncio.run_coroutine_threadsafe(self._ask(worker), worker.app.loop)
        try:
            return answer.result(_ANSWER_S)
        except TimeoutError:
            answer.cancel()
            return False

    def written(self, partition: int) -> int:
        """The offset after this worker's last write to the partition's changelog; 0 where it never wrote."""
        return self._of().states.changelog.end(partition)

    def changelog(self) -> str:
        """The topic of the worker's changelog; another number of partitions has another one."""
        return self._of().states.topic

    def _of(self) -> Worker:
        assert self._worker is not None
        return self._worker

    async def _ask(self, worker: Worker) -> bool:
        try:
            await worker.confirm()
        except PartitionsRevoked:
            return False
        return True
