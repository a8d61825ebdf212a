"""What the store of a partition keeps in memory does not depend on how much it holds or was asked for."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from services.wire.faust_app import WorkerSettings, faust_app
from services.wire.faust_gaps import GapReader
from services.wire.faust_markers import Markers
from services.wire.faust_table import StateTable

STATES = 2_000
ROUNDS = 10
STATE_BYTES = 2_000
MOST_BYTES = 12 << 20  # one portion is filled, and three may wait for the disk before whoever writes waits, too
HARDLY = 4096  # the cache that is there holds a mark of its own


def test_a_store_keeps_the_last_portions_in_memory_and_nothing_that_it_has_read(tmp_path: Path) -> None:
    store = _store(tmp_path)
    chance, peak = random.Random(3), 0
    for _ in range(ROUNDS):  # 40 MB written, of which 4 MB are left
        for number in range(STATES):
            store.put(b"user %d" % number, chance.randbytes(STATE_BYTES))
        peak = max(peak, store.property_int_value("rocksdb.size-all-mem-tables"))
    store.flush()
    read = sum(len(store.get(b"user %d" % number)) for number in range(STATES))
    assert read == STATES * STATE_BYTES
    assert 0 < peak <= MOST_BYTES
    assert store.property_int_value("rocksdb.block-cache-usage") < HARDLY


def _store(folder: Path) -> Any:
    """That of one partition, as a worker opens it."""
    app = faust_app("of-memory", WorkerSettings(data_dir=folder))
    states = StateTable(app, "users", "of-memory", GapReader("nowhere:9092", Markers(())), _nobody_asks)
    return states.table.data._db_for_partition(0)


async def _nobody_asks() -> None:
    """Whether the partition is ours."""
