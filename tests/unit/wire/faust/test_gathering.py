"""Faust has no setting for how long a fetch may wait: ours arrives at aiokafka all the same."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from services.wire.faust.app import WorkerSettings, faust_app
from services.wire.faust.consumer import BatchConsumer


def _fetch(folder: Path, gather_s: float) -> tuple[int, int]:
    """(bytes that are waited for, milliseconds that they are waited for) of a worker's fetches."""

    async def asked() -> tuple[int, int]:
        app = faust_app("gathering", WorkerSettings(data_dir=folder, store="memory", gather_s=gather_s))
        consumer, transport = app.consumer, app.transport
        assert isinstance(consumer, BatchConsumer)
        fetches: Any = consumer._thread._create_worker_consumer(transport)  # type: ignore[arg-type]
        try:
            return fetches._fetch_min_bytes, fetches._fetch_max_wait_ms
        finally:
            await fetches.stop()
            consumer._thread.thread_loop.close()

    return asyncio.run(asked())


def test_events_that_may_wait_are_fetched_many_at_a_time(tmp_path: Path) -> None:
    assert _fetch(tmp_path, gather_s=0.1) == (256 * 1024, 100)


def test_events_that_may_not_wait_are_fetched_as_they_come(tmp_path: Path) -> None:
    least, _ = _fetch(tmp_path, gather_s=0.0)
    assert least == 1
