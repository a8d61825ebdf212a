"""What the store of a partition keeps in memory does not depend on how much it holds or was asked for."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from services.common.topics import PARTITIONS
from services.runtime.freed_memory import PIECE_BYTES
from services.wire.faust.app import WorkerSettings, faust_app
from services.wire.faust.gaps import GapReader
from services.wire.faust.markers import Markers
from services.wire.faust.states.table import STORE_OPTIONS, StateTable

STATES = 2_000
ROUNDS = 10
STATE_BYTES = 2_000
MOST_BYTES = 20 << 20  # some portions wait for a disk that is slow; 40 MB are written
PIECES = 8  # of a portion, as RocksDB divides it
HARDLY = 1 << 20  # what is being read at the moment; 4 MB are read


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


def test_the_pieces_that_a_store_takes_are_given_back_one_by_one() -> None:
    assert STORE_OPTIONS["write_buffer_size"] // PIECES > PIECE_BYTES


def _store(folder: Path) -> Any:
    """That of one partition, as a worker opens it."""
    app = faust_app("of-memory", WorkerSettings(data_dir=folder))
    states = StateTable(app, PARTITIONS, "of-memory", GapReader("nowhere:9092", Markers(())), _nobody_asks)
    return states.table.data._db_for_partition(0)


async def _nobody_asks() -> None:
    """Whether the partition is ours."""
