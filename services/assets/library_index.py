"""The library's index in SQLite: a row per creative, events of its life, a version that grows with each change."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from services.assets.creative import Creative
from services.assets.life import Action, LifeEvent, state_after
from services.assets.life_store import EVENTS, LIFE_SCHEMA, LIVING, append_events, event_of
from services.common.clock import from_ms, to_ms
from services.common.errors import Misconfigured, Rejected, Unavailable

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS creatives (
    creative_id TEXT PRIMARY KEY, product_id TEXT NOT NULL, format TEXT NOT NULL, headline TEXT NOT NULL,
    body TEXT NOT NULL, call_to_action TEXT NOT NULL, approved_by TEXT NOT NULL, ai_generated INTEGER NOT NULL,
    made_by TEXT NOT NULL, created_at_ms INTEGER NOT NULL, image_sha256 TEXT NOT NULL,
    text_embedding BLOB NOT NULL, lineage TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_format ON creatives (format, product_id);
CREATE TABLE IF NOT EXISTS version (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO version VALUES (1, 0);
"""
_BUSY_S: Final = 10.0


class LibraryIndex:
    """Rows of creatives in one file that processes share (write-ahead log); each change is one transaction.

    Waits up to ten seconds for another writer, then raises `Unavailable("assets")`.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = _open(path)
        with self._translated():
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} {LIFE_SCHEMA} COMMIT; {LIVING}")

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def version(self) -> int:
        """A number that grows with every change by any process."""
        return int(self._rows("SELECT version FROM version", ())[0][0])

    def ids(self) -> frozenset[str]:
        """The ids of all creatives."""
        return frozenset(row[0] for row in self._rows("SELECT creative_id FROM creatives", ()))

    def add(self, creatives: Sequence[Creative]) -> None:
        """Adds all or none; a known creative is not changed, except that a fresh draft may be approved."""
        rows = [_row(creative) for creative in creatives]
        with self._transaction() as connection:
            before = connection.total_changes
            connection.executemany(f"INSERT OR IGNORE INTO creatives VALUES ({','.join('?' * 13)})", rows)
            append_events(connection, [_approval(c) for c in creatives if c.approved_by and _approved(connection, c)])
            if connection.total_changes != before:
                connection.execute("UPDATE version SET version = version + 1")

    def change(self, action: Action, creative_ids: Sequence[str], by: str, why: str, at: datetime) -> None:
        """Does it to all of them or to none, and keeps an event of each; `Rejected` where a state does not allow it."""
        with self._transaction() as connection:
            for creative_id in creative_ids:
                found = connection.execute("SELECT state FROM living WHERE creative_id = ?", (creative_id,)).fetchone()
                if found is None:
                    raise Rejected("invalid", "creative_id", creative_id, "a creative of the library")
                state = state_after(action, creative_id, found[0])
                append_events(connection, [LifeEvent(creative_id, state, by, why, at)])
                if action == "approve":
                    connection.execute("UPDATE creatives SET approved_by = ? WHERE creative_id = ?", (by, creative_id))
            connection.execute("UPDATE version SET version = version + 1")

    def life(self, creative_id: str) -> tuple[LifeEvent, ...]:
        """What has happened to the creative since it was added, oldest first."""
        rows = self._rows(f"{EVENTS} WHERE creative_id = ? ORDER BY number", (creative_id,))
        return tuple(event_of(row) for row in rows)

    def select(
        self, where: str, parameters: Sequence[object], limit: int = -1, order: str = "creative_id"
    ) -> tuple[Creative, ...]:
        """Creatives, with their `state`, in the order of their ids or another one."""
        query = f"SELECT * FROM living WHERE {where} ORDER BY {order} LIMIT ?"
        return tuple(_creative(row) for row in self._rows(query, (*parameters, limit)))

    def count(self, where: str, parameters: Sequence[object]) -> int:
        """How many creatives `select` would find."""
        return int(self._rows(f"SELECT count(*) FROM living WHERE {where}", parameters)[0][0])

    def _rows(self, query: str, parameters: Sequence[object]) -> list[Any]:
        with self._lock, self._translated(), closing(self._connection.execute(query, parameters)) as cursor:
            return cursor.fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has ended it already
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise Unavailable("assets", str(error)) from error


def _open(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.OperationalError) as error:
        raise Misconfigured(f"The library of creatives {path} cannot be opened or made: {error}.") from error


def _approved(connection: sqlite3.Connection, creative: Creative) -> bool:
    """Approves the creative where nobody has done anything with it yet; whether that was so."""
    done = connection.execute(
        "UPDATE creatives SET approved_by = ?1 WHERE creative_id = ?2 AND approved_by = ''"
        " AND NOT EXISTS (SELECT 1 FROM life WHERE life.creative_id = ?2)",
        (creative.approved_by, creative.creative_id),
    )
    return done.rowcount > 0


def _approval(creative: Creative) -> LifeEvent:
    return LifeEvent(
        creative.creative_id, "APPROVED", creative.approved_by, "added with an approval", creative.created_at
    )


def _row(creative: Creative) -> tuple[object, ...]:
    return (
        creative.creative_id,
        creative.product_id,
        creative.format,
        creative.headline,
        creative.body,
        creative.call_to_action,
        creative.approved_by,
        int(creative.ai_generated),
        creative.made_by,
        to_ms(creative.created_at),
        creative.image_sha256,
        creative.text_embedding.astype("<f8").tobytes(),
        json.dumps(dict(creative.lineage), sort_keys=True),
    )


def _creative(row: Sequence[Any]) -> Creative:
    values = list(row)
    values[7] = bool(row[7])
    values[9] = from_ms(row[9])
    values[11] = np.frombuffer(row[11], dtype="<f8").astype(np.float64)
    values[12] = json.loads(row[12])
    return Creative(*values)
