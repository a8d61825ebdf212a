"""The state of evaluation in one SQLite file: offsets, sums and seen ids change in one transaction.

So each outcome counts once, however often the topic repeats it and wherever the process is killed. A file that is lost,
or that was made from other topics, is rebuilt from the topics.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.evaluation import outcome_tally_bytes
from services.evaluation.outcome_tally import OutcomeTally
from services.wire.codec.envelope import TopicPartition

REMEMBERED_MS: Final = 3 * 24 * 60 * 60 * 1000
"""How long an id is kept, by LogAppendTime of its partition. Repeats arrive within a day (the lifetime of tokens and
event ids), or soon after a crash."""

_VERSION: Final = 5
"""The version of sums and ids. A file of another version is counted again from the topics; published data are kept."""

_LOCK_S: Final = 1.0  # how long to wait for another process that holds the file

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS offsets (topic TEXT, part INTEGER, next INTEGER, PRIMARY KEY (topic, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sums (part INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE IF NOT EXISTS seen (id BLOB PRIMARY KEY, topic TEXT, part INTEGER, at_ms INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (one INTEGER PRIMARY KEY, identity TEXT);
CREATE TABLE IF NOT EXISTS published (name TEXT PRIMARY KEY, data BLOB) WITHOUT ROWID;
"""


class EvaluationStore:
    """The SQLite file. One process at a time; every write happens inside `transaction`."""

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
        """Commits everything that is written inside, or nothing where the block raises."""
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

    def tallies(self) -> dict[int, OutcomeTally]:
        """The sums by partition."""
        rows = self._db.execute("SELECT part, data FROM sums")
        return {part: outcome_tally_bytes.unpack(data) for part, data in rows}

    def save(self, offsets: Mapping[TopicPartition, int], tallies: Mapping[int, OutcomeTally]) -> None:
        """Replaces the stored offsets and sums of these partitions."""
        self._db.executemany(
            "INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)",
            [(topic, part, next_) for (topic, part), next_ in offsets.items()],
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO sums VALUES (?, ?)",
            [(part, outcome_tally_bytes.pack(tally)) for part, tally in tallies.items()],
        )

    def add_if_new(self, name: str, topic_partition: TopicPartition, at_ms: int) -> bool:
        """Adds `name`; whether it was new. `at_ms` is its LogAppendTime in `topic_partition`."""
        digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
        cursor = self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?, ?)", (digest, *topic_partition, at_ms))
        return cursor.rowcount == 1

    def forget(self, topic_partition: TopicPartition, now_ms: int) -> None:
        """Deletes ids of `topic_partition` that are too old to be repeated; `now_ms` is its latest LogAppendTime.

        Partitions are read at different speeds: during a replay, one may be weeks ahead of another.
        """
        self._db.execute(
            "DELETE FROM seen WHERE topic = ? AND part = ? AND at_ms < ?", (*topic_partition, now_ms - REMEMBERED_MS)
        )

    def published(self, name: str) -> bytes | None:
        """What `publish` last stored under this name; it may not have reached Kafka."""
        row = self._db.execute("SELECT data FROM published WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def publish(self, name: str, data: bytes) -> None:
        """Stores what is about to be published."""
        self._db.execute("INSERT OR REPLACE INTO published VALUES (?, ?)", (name, data))

    def log(self) -> str:
        """The identity of the topics that were read, as `belongs_to` stored it; empty where it did not."""
        row = self._db.execute("SELECT identity FROM log").fetchone()
        return "" if row is None else str(row[0])

    def belongs_to(self, identity: str) -> None:
        """Stores which topics the offsets, sums and ids come from, by `Log.identity`."""
        self._db.execute("INSERT OR REPLACE INTO log VALUES (1, ?)", (identity,))

    def start_over(self) -> None:
        """Deletes everything except what was published."""
        for table in ("offsets", "sums", "seen"):
            self._db.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
