"""A sink that is made in the background, because Feast takes seconds to import while Kafka gives us our partitions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from services.features.ports import ProfileRow, ProfileWriter


class DeferredSink:
    """The `ProfileWriter` that `make` returns, made in a thread from now on."""

    def __init__(self, make: Callable[[], ProfileWriter]) -> None:
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="sink")
        self._made = self._maker.submit(make)

    def write(self, rows: Sequence[ProfileRow]) -> None:
        """As the sink itself; waits for it first. Raises what `make` raised."""
        self._made.result().write(rows)

    def look(self, partitions: Collection[int]) -> None:
        """As the sink itself; nothing is looked at while it is not made."""
        if self._made.done():
            self._made.result().look(partitions)

    def lacking(self) -> dict[int, int]:
        """As the sink itself; none while it is not made, and has written nothing."""
        return self._made.result().lacking() if self._made.done() else {}

    def complete(self, partitions: Collection[int]) -> None:
        """As the sink itself."""
        self._made.result().complete(partitions)
