"""The events of creatives' lives in the library's index: the newest one of a creative says its state.

A creative without an event has the state that it was added with: APPROVED where somebody had approved it, else DRAFT.
Index files older than this table are read in the same way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

from services.assets.life import LifeEvent
from services.common.clock import from_ms, to_ms

LIFE_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS life (
    number INTEGER PRIMARY KEY AUTOINCREMENT, creative_id TEXT NOT NULL, state TEXT NOT NULL, who TEXT NOT NULL,
    why TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS life_of ON life (creative_id, number);
"""
LIVING: Final = """
CREATE TEMP VIEW living AS SELECT creatives.*, COALESCE(
    (SELECT state FROM life WHERE life.creative_id = creatives.creative_id ORDER BY number DESC LIMIT 1),
    CASE approved_by WHEN '' THEN 'DRAFT' ELSE 'APPROVED' END) AS state
FROM creatives;
"""
"""Creatives with their state. The view is the connection's own, so that the file stays as old programs know it."""


def append_events(connection: sqlite3.Connection, events: Iterable[LifeEvent]) -> None:
    """Adds the events, in their order; part of the caller's transaction."""
    rows = [(event.creative_id, event.state, event.by, event.why, to_ms(event.at)) for event in events]
    connection.executemany("INSERT INTO life (creative_id, state, who, why, at_ms) VALUES (?, ?, ?, ?, ?)", rows)


def event_of(row: Sequence[Any]) -> LifeEvent:
    """The event in a row of `EVENTS`."""
    return LifeEvent(row[0], row[1], row[2], row[3], from_ms(row[4]))


EVENTS: Final = "SELECT creative_id, state, who, why, at_ms FROM life"
