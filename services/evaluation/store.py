"""What evaluation remembers, in one SQLite file: offsets, sums and the ids behind them change in one transaction.

So each outcome counts once, however often the topic repeats it and wherever the process is killed. A file that is lost,
or that belongs to another log, is made anew from the topics.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.evaluation import tally_bytes
from services.evaluation.tally import Tally
from services.wire.codec.envelope import TopicPartition

REMEMBERED_MS: Final = 3 * 24 * 60 * 60 * 1000
"""How long an id is remembered, by LogAppendTime of its partition: repeats come within a day (tokens and ids live as
long), or at once after a crash."""

_VERSION: Final = 3
"""Of sums and ids: a file of another one counts anew from the topics, and goes on with what it published."""

_LOCK_S: Final = 1.0  # to wait for another process that holds the file

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS offsets (topic TEXT, part INTEGER, next INTEGER, PRIMARY KEY (topic, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sums (part INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE IF NOT EXISTS seen (id BLOB PRIMARY KEY, topic TEXT, part INTEGER, at_ms INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (one INTEGER PRIMARY KEY, identity TEXT);
CREATE TABLE IF NOT EXISTS published (name TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID;
"""


class EvaluationStore:
    """The file. One process at a time; everything happens inside `transaction`."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=_LOCK_S, isolation_level=None)
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")  # a second process cannot count beside this one
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        if self._db.execute("PRAGMA user_version").fetchone() != (_VERSION,):
            for table in ("offsets", "sums", "seen"):
                self._db.execute(f"DROP TABLE IF EXISTS {table}")
        self._db.executescript(f"{_TABLES} PRAGMA user_version = {_VERSION};")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what is written inside is there afterwards, or none of it where this raises."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def offsets(self) -> dict[TopicPartition, int]:
        """The next offset to read, by topic and partition."""
        return {
            (topic, part): next_ for topic, part, next_ in self._db.execute("SELECT topic, part, next FROM offsets")
        }

    def tallies(self) -> dict[int, Tally]:
        """The sums by partition."""
        rows = self._db.execute("SELECT part, data FROM sums")
        return {part: tally_bytes.unpack(data) for part, data in rows}

    def save(self, offsets: Mapping[TopicPartition, int], tallies: Mapping[int, Tally]) -> None:
        """Writes these offsets and sums, whole, over those that were there."""
        self._db.executemany(
            "INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)",
            [(topic, part, next_) for (topic, part), next_ in offsets.items()],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO sums VALUES (?, ?)",
            [(part, tally_bytes.pack(tally)) for part, tally in tallies.items()],
        )

    def first_sight(self, name: str, place: TopicPartition, at_ms: int) -> bool:
        """Whether `name` was not known; from now on it is. `at_ms` is its LogAppendTime in `place`."""
        digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
        cursor = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", (digest, *place, at_ms))
        return cursor.rowcount == 1

    def forget(self, place: TopicPartition, now_ms: int) -> None:
        """Drops ids read at `place` that are too old to come again; `now_ms` is the LogAppendTime it has reached.

        Topics do not share a clock: while everything is read again, one may be weeks ahead of another.
        """
        self._db.execute(
            "DELETE FROM seen WHERE topic = ? AND part = ? AND at_ms < ?", (*place, now_ms - REMEMBERED_MS)
        )

    def published(self, name: str) -> bytes | None:
        """What was last decided to be published under this name; it may not have reached Kafka."""
        row = self._db.execute("SELECT data FROM published WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def publish(self, name: str, data: bytes) -> None:
        """Notes what is to be published, before it is."""
        self._db.execute("INSERT OR REPLACE INTO published VALUES (?, ?)", (name, data))

    def log(self) -> str:
        """The log that was read, as `belongs_to` was told; empty where it was not."""
        row = self._db.execute("SELECT identity FROM log").fetchone()
        return "" if row is None else str(row[0])

    def belongs_to(self, identity: str) -> None:
        """Offsets, sums and ids are of this log."""
        self._db.execute("INSERT OR REPLACE INTO log VALUES (1, ?)", (identity,))

    def start_over(self) -> None:
        """Forgets everything but what was published."""
        for table in ("offsets", "sums", "seen"):
            self._db.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
