"""Records that Kafka could not take yet, on disk, one a line; a line that a crash tore in the middle is told apart."""

from __future__ import annotations

import base64
import json
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from services.wire.envelope import Record

_FILE_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one file of the spool held."""

    records: tuple[Record, ...]
    torn: int  # lines that could not be read back


class Spool:
    """A folder of files, appended at one end and taken from the other; safe to share between threads.

    Survives the process, not a power cut: lines reach the operating system at once, the disk when it pleases.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None
        self._refused = folder / "records.refused"
        self._bytes = sum(path.stat().st_size for path in [*self._paths(), *folder.glob("*.refused")])
        self.waiting = sum(path.read_bytes().count(b"\n") for path in self._paths())

    def append(self, record: Record) -> bool:
        """Keeps the record; False where the spool is full."""
        line = _line(record)
        with self._lock:
            if self._bytes + len(line) > self._most_bytes:
                return False
            if self._file is None or self._file.tell() > _FILE_BYTES:
                self._rotate(self._folder / f"{time.time_ns():020d}.spool")
            assert self._file is not None
            self._file.write(line)
            self._bytes += len(line)
            self.waiting += 1
            return True

    def set_aside(self, record: Record) -> bool:
        """Keeps a record that Kafka will never take, where nobody sends it again; False where the spool is full."""
        line = _line(record)
        with self._lock:
            if self._bytes + len(line) > self._most_bytes:
                return False
            with self._refused.open("ab", buffering=0) as file:
                file.write(line)
            self._bytes += len(line)
            return True

    @contextmanager
    def oldest(self) -> Iterator[Chunk]:
        """The oldest file's records; the file is gone when the `with` ends well, and stays when it raises."""
        with self._lock:
            paths = self._paths()
            if paths and self._file is not None and self._file.name == str(paths[0]):
                self._rotate(None)
        lines = paths[0].read_bytes().splitlines() if paths else []
        found = [_record(line) for line in lines]
        records = tuple(record for record in found if record is not None)
        yield Chunk(records, len(found) - len(records))
        if paths:
            with self._lock:
                self._bytes -= paths[0].stat().st_size
                self.waiting = max(self.waiting - len(lines), 0)
                paths[0].unlink()

    def close(self) -> None:
        """Lets go of the open file."""
        with self._lock:
            self._rotate(None)

    def _rotate(self, path: Path | None) -> None:
        if self._file is not None:
            self._file.close()
        self._file = None if path is None else path.open("ab", buffering=0)

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.spool"))


def _line(record: Record) -> bytes:
    headers = [[name, _text(value)] for name, value in record.headers]
    body = json.dumps([record.topic, _text(record.key or b""), _text(record.value or b""), headers]).encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def _record(line: bytes) -> Record | None:
    """The record of a line, or None for one that was not written whole."""
    checksum, _, body = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(body):
        return None
    topic, key, value, headers = json.loads(body)
    pairs = tuple((name, base64.b64decode(content)) for name, content in headers)
    return Record(topic, base64.b64decode(key), base64.b64decode(value), pairs)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
