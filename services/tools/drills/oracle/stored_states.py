"""Reads the states in a worker's local store from its files, after the worker has ended."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from services.common.topics import PARTITIONS


def stored_states(data: Path, scratch: Path) -> dict[bytes, bytes]:
    """Every shopper's stored state, by user; reads a copy, so that the files do not change."""
    from rocksdict import Options, Rdict

    found: dict[bytes, bytes] = {}
    for partition in range(PARTITIONS):
        for path in data.glob(f"*/v*/tables/users-{partition}.db"):
            copy = scratch / f"copy-{partition}"
            shutil.copytree(path, copy, ignore=shutil.ignore_patterns("LOCK"))
            database = Rdict(str(copy), options=Options(raw_mode=True))
            pairs = cast("Iterator[tuple[bytes, bytes]]", database.items())
            found |= {key: state for key, state in pairs if key.startswith(b"u1-")}
            database.close()
            shutil.rmtree(copy)
    return found
