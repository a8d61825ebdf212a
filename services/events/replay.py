"""Plays a log against Kafka: in order, once, resumable, bad rows kept aside.

Times. Each row happens when it is sent: a log of last year becomes traffic of now, in its order. With `speed` the gaps
between rows are the log's, divided by it. With `keep_times` the log's own times stay, and what is then older than 24
hours ends among the dead letters as `too_old`.

Delivery. Rows are sent in batches; progress is saved once the broker has a batch. A replay that stopped in between
sends some rows again, under the same event ids.
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
"""A row whose turn comes later has a wrong time; waiting for it would stop the replay for good."""


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
    """Which time each row gets, and when it is sent."""

    keep_times: bool = False
    speed: float | None = None  # None: as fast as the broker takes it


@dataclass(slots=True)
class Replay:
    """One replay; its collaborators are handed in."""

    sink: Sink
    secrets: Secrets
    clock: Clock
    sleep: Callable[[float], None]
    pace: Pace
    show: Callable[[Progress], None] = lambda progress: None
    _first: tuple[datetime, float] | None = field(default=None, init=False)  # log time and our time of the first row

    def run(self, log: Source, file: ProgressFile) -> Progress:
        """Sends every row that was not sent before; the counts over the whole log.

        Raises `Unavailable` where the broker is lost; the same call goes on from there.
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
        """How many records were handed over, and how many rows were rejected."""
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
        """The time of the row; waits for its turn where the replay has a speed."""
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
