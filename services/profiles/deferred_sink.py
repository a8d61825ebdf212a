"""Makes a sink in the background: Feast takes seconds to import, and Kafka can assign partitions meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor

from services.features.ports import ProfileRow, ProfileWriter


class DeferredSink:
    """The `ProfileWriter` that `make` returns; `make` runs in a thread from now on."""

    def __init__(self, make: Callable[[], ProfileWriter]) -> None:
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="sink")
        self._made = self._maker.submit(make)

    def write(self, rows: Sequence[ProfileRow]) -> None:
        """Writes with the sink, after waiting for it. Raises what `make` raised."""
        self._made.result().write(rows)

    def check_rows(self, partitions: Collection[int]) -> None:
        """Checks with the sink; does nothing until it is made."""
        if self._made.done():
            self._made.result().check_rows(partitions)

    def missing_rows(self) -> dict[int, int]:
        """The sink's answer; empty until it is made, because nothing is written before."""
        return self._made.result().missing_rows() if self._made.done() else {}

    def complete(self, partitions: Collection[int]) -> None:
        """Passes the call on to the sink, after waiting for it."""
        self._made.result().complete(partitions)
