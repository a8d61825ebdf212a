"""Lets aiokafka read records with header names that are not UTF-8 (`record_bytes.py` says why)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import aiokafka.consumer.fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch, _DefaultRecordBatchPy, _DefaultRecordPy
from aiokafka.record.memory_records import _MemoryRecordsPy

from services.wire.codec.record_bytes import read_record


def read_any_header_name() -> None:
    """Patches aiokafka: its consumers in this process, Faust's too, then read such records like any others."""
    aiokafka.consumer.fetcher.MemoryRecords = _Records


class _Records(_MemoryRecordsPy):  # type: ignore[misc]  # the library's types stay inside it
    """The library's records, with batches that fall back to `read_record`."""

    def next_batch(self, *given: Any) -> Any:
        data = self._next_slice
        batch = super().next_batch(*given)
        return _Batch(batch, data) if isinstance(batch, DefaultRecordBatch) else batch


class _Batch:
    """Wraps the library's fast batch, which cannot be subclassed; where that fails, `_SlowBatch` continues."""

    def __init__(self, fast: Any, data: Any) -> None:
        self._fast = fast
        self._data = data
        self._records = self._read()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fast, name)

    def __iter__(self) -> Iterator[Any]:
        return self._records

    def __next__(self) -> Any:
        return next(self._records)

    def _read(self) -> Iterator[Any]:
        count = 0
        try:
            for record in self._fast:
                yield record
                count += 1
        except (CorruptRecordException, UnicodeDecodeError):
            yield from itertools.islice(_SlowBatch(self._data), count, None)


class _SlowBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # the library's types stay inside it
    """The library's batch in plain Python, parsing with `read_record`."""

    _pos: int

    def _read_msg(self, decode_varint: Callable[[bytearray, int], tuple[int, int]] | None = None) -> _DefaultRecordPy:
        found = read_record(self._buffer, self._pos)
        self._pos = found.end
        appended = self.timestamp_type == self.LOG_APPEND_TIME
        timestamp = self.max_timestamp if appended else self.first_timestamp + found.since_first_ms
        offset = self.base_offset + found.number
        return _DefaultRecordPy(offset, timestamp, self.timestamp_type, found.key, found.value, found.headers)
