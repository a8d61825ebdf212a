"""Lets kafka-python read records with header names that are not UTF-8 (`record_bytes.py` says why)."""

from __future__ import annotations

from typing import Any

import kafka.record.memory_records
from kafka.record.default_records import DefaultRecord, DefaultRecordBatch

from services.wire.codec.record_bytes import read_record


def read_any_header_name() -> None:
    """Patches kafka-python: its consumers in this process then read such records like any others."""
    kafka.record.memory_records.DefaultRecordBatch = _Batch


class _Batch(DefaultRecordBatch):  # type: ignore[misc]  # kafka-python ships no types
    """The library's batch; a record that the library cannot read is parsed by `read_record`."""

    _pos: int

    def _read_msg(self, *given: Any) -> Any:
        try:
            return super()._read_msg(*given)
        except UnicodeDecodeError:
            found = read_record(self._buffer, self._pos)
        self._pos = found.end
        appended = self.timestamp_type == self.LOG_APPEND_TIME
        timestamp = self.max_timestamp if appended else self.first_timestamp + found.since_first_ms
        offset = self.base_offset + found.number
        return DefaultRecord(
            found.length, offset, timestamp, self.timestamp_type, found.key, found.value, found.headers
        )
