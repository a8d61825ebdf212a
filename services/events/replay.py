"""Replays a log to Kafka: in order, resumable, with bad rows written to a rejects file.

Times. By default a row's event time is the time of its sending: a log of last year becomes current traffic in the same
order. With `speed`, the gaps between rows are those of the log divided by `speed`. With `keep_times`, rows keep the
log's times; events older than 24 hours then become dead letters with the reason `too_old`.

Delivery. Rows are sent in batches, and progress is saved after the broker has acknowledged a batch. A replay that was
interrupted in between sends some rows again, under the same event ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from services.common.clock import Clock
from services.common.errors import Rejected
from services.common.secrets import Secrets
from services.events.log_files import Line
from services.events.log_format import Identity, records_of, time_of
from services.events.replay_progress import Progress, ProgressFile
from services.wire.codec.ports import Sink

BATCH_ROWS = 500
FLUSH_S = 60.0
LONGEST_WAIT_S = 7 * 86_400.0
"""Longest wait for a row. A row that is due later has a wrong time, and waiting for it would stall the replay."""


class Source(Protocol):
    """A log that can be replayed."""

    @property
    def checksum(self) -> str:
        """SHA-256 of its content."""
        ...

    def lines(self) -> Iterator[Line]:
        """All rows in order."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """The event time of the rows and the speed of sending."""

    keep_times: bool = False
    speed: float | None = None  # None: as fast as the broker accepts records


@dataclass(slots=True)
class Replay:
    """One run of a replay; all dependencies are arguments."""

    sink: Sink
    secrets: Secrets
    clock: Clock
    sleep: Callable[[float], None]
    pace: Pace
    show: Callable[[Progress], None] = lambda progress: None
    _first: tuple[datetime, float] | None = field(default=None, init=False)  # log time and our time of the first row

    def run(self, log: Source, file: ProgressFile) -> Progress:
        """Sends every row that was not sent before; returns the counts over the whole log.

        Raises `Unavailable` if the broker is lost; the same call then resumes after the saved progress.
        """
        progress = file.load()
        file.forget_rejects_after(progress.row)
        lines = (line for line in log.lines() if line.number > progress.row)
        while batch := list(islice(lines, BATCH_ROWS if self.pace.speed is None else 1)):
            sent, rejected = self._send(batch, log.checksum, file)
            self.sink.flush(FLUSH_S)
            progress = progress.after(batch[-1].number, sent, rejected)
            file.save(progress)
            self.show(progress)
        file.done()
        return progress

    def _send(self, batch: list[Line], checksum: str, file: ProgressFile) -> tuple[int, int]:
        """Sends a batch; returns the number of records handed over and of rows rejected."""
        sent = rejected = 0
        for line in batch:
            try:
                if isinstance(line.row, Rejected):
                    raise line.row
                records = records_of(line.row, Identity(checksum, line.number), self._time(line), self.secrets)
            except Rejected as why:
                file.reject(line, why)
                rejected += 1
                continue
            for record in records:
                self.sink.send(record)
            sent += len(records)
        return sent, rejected

    def _time(self, line: Line) -> datetime:
        """The event time of the row; with `speed` set, waits until the row is due."""
        logged = None if isinstance(line.row, Rejected) else time_of(line.row)
        if logged is None and (self.pace.keep_times or self.pace.speed is not None):
            raise Rejected("invalid", "time", None, "an RFC 3339 time, which --speed and --keep-times need")
        if logged is not None and self.pace.speed is not None:
            self._wait_for(logged, self.pace.speed)
        return logged if logged is not None and self.pace.keep_times else self.clock.now()

    def _wait_for(self, logged: datetime, speed: float) -> None:
        first_logged, first_sent = self._first = self._first or (logged, self.clock.monotonic())
        due = first_sent + max((logged - first_logged) / timedelta(seconds=1), 0.0) / speed
        wait_s = max(due - self.clock.monotonic(), 0.0)
        if wait_s > LONGEST_WAIT_S:
            expected = f"a time whose turn comes within {LONGEST_WAIT_S / 86_400:.0f} days at --speed {speed:g}"
            raise Rejected("invalid", "time", logged.isoformat(), expected)
        self.sleep(wait_s)
