"""Keeps records that Kafka will never accept as lines of JSON for an operator; they are not sent again."""

from __future__ import annotations

import base64
import json
import logging
import threading
from pathlib import Path

from services.common.errors import AdloomError
from services.common.metrics import METRICS
from services.wire.codec.envelope import Record

_LOG = logging.getLogger(__name__)


class Quarantine:
    """One file of at most `most_bytes`; safe to share between threads."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "records.refused"
        self._most_bytes = most_bytes
        self._lock = threading.Lock()

    def set_aside(self, record: Record, why: AdloomError) -> None:
        """Writes the record to the file and counts it as refused, or as lost if the file is full."""
        fate = "refused" if self._kept(_line(record)) else "lost"
        METRICS.records_sent.labels(record.topic, fate).inc()
        _LOG.error("Kafka will never take a record for %s, it is %s: %s", record.topic, fate, why)

    def _kept(self, line: bytes) -> bool:
        with self._lock, self._path.open("ab", buffering=0) as file:
            return file.tell() + len(line) <= self._most_bytes and file.write(line) == len(line)


def _line(record: Record) -> bytes:
    headers = [[name, _text(value)] for name, value in record.headers]
    return json.dumps([record.topic, _text(record.key or b""), _text(record.value or b""), headers]).encode() + b"\n"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
