"""The fuzzing targets of `adloom replay`: files of JSON lines, and Parquet files.

During each replay the broker is lost once, and the replay is then resumed.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from services.common.clock import FixedClock, to_ms
from services.common.errors import Misconfigured, Unavailable
from services.common.pseudonym import PseudonymKey
from services.common.secrets import Secrets
from services.events.log_files import Line, open_log
from services.events.replay import Pace, Replay, Source
from services.events.replay_progress import Progress, ProgressFile
from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.seeds.replay_files import ROWS, parquet_files
from services.tools.drills.fuzzing.target import NotAllowed, Shape, Target
from services.tools.drills.fuzzing.target_token import KEYS, NOW
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord, Record
from services.wire.codec.ports import OnDelivery

_SECRETS: Final = Secrets(PseudonymKey(1, b"p" * 32), KEYS, b"s" * 32)
_PACES: Final = {b"now": Pace(), b"times": Pace(keep_times=True), b"speed": Pace(speed=1000.0)}
_LARGEST: Final = 1_500_000
_LINES_A_SECOND: Final = 500.0  # half the usual speed; with --speed, progress is saved after each line
_MOST_ROWS: Final = 2_000  # a Parquet file of a megabyte may hold a billion rows, and replaying them takes long
_MEMORY: Final = Path("/dev/shm")
_LONGEST_SLEEP_S: Final = 400 * 86_400.0


def lines_target(folder: Path) -> Target:
    """JSON lines."""
    each = [json.dumps(row).encode() for row in ROWS]
    whole = b"\n".join(each) + b"\n"
    seeds = [(pace, rows) for pace in _PACES for rows in (whole, *each)]
    shapes = (Shape.KEPT, Shape.JSON_LINES)
    name, player = "replay files, JSON lines", Player(folder)
    return Target(name, player.play, seeds, shapes, _dictionary(), _LARGEST, _LINES_A_SECOND, close=player.close)


def parquet_target(folder: Path) -> Target:
    """Parquet, with columns of right and of unexpected types."""
    files = list(parquet_files())
    seeds = [(pace, file) for pace in _PACES for file in files]
    shapes = (Shape.KEPT, Shape.TEXT)
    player, dictionary = Player(folder), [b"PAR1", *_dictionary()[:8]]
    return Target("replay files, Parquet", player.play, seeds, shapes, dictionary, _LARGEST, close=player.close)


@dataclass
class Broker:
    """A sink that decodes each record as consumers do, and fails once, at record number `lost_after`."""

    lost_after: int
    taken: int = 0

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """Takes a record that consumers accept; raises for one that they would refuse."""
        self.taken += 1
        if self.taken == self.lost_after:
            raise Unavailable("kafka", "lost once")
        times = [value for name, value in record.headers if name == "ce_time"]
        at = to_ms(datetime.fromisoformat(times[0].decode()))
        decode(RawRecord(record.topic, 0, self.taken, at, record.key, record.value, record.headers))

    def flush(self, timeout_s: float) -> None:
        """Nothing waits."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first rows of a log."""

    log: Source

    @property
    def checksum(self) -> str:
        """The log's."""
        return self.log.checksum

    def lines(self) -> Iterator[Line]:
        """Those rows."""
        return islice(self.log.lines(), _MOST_ROWS)


class Player:
    """Replays the file in a case; its folder is in shared memory where the machine has that."""

    def __init__(self, folder: Path) -> None:
        self._memory = tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else folder)
        self._folder = Path(self._memory.name)

    def close(self) -> None:
        """Removes the folder."""
        self._memory.cleanup()

    def play(self, case: Case) -> str:
        """Replays the file; returns how many rows were sent and rejected, at most 9 of each."""
        pace, content = (*case, b"", b"")[:2]
        path = self.file("log", content)
        try:
            log = open_log(path)
        except Misconfigured:
            return "no log that can be read"
        return self.replayed(log, _PACES.get(pace, Pace()))

    def file(self, name: str, content: bytes) -> Path:
        """The file of this name, with this content."""
        path = self._folder / name
        path.write_bytes(content)
        return path

    def replayed(self, log: Source, pace: Pace) -> str:
        """Replays the log; returns how many rows were sent and rejected, at most 9 of each."""
        progress = ProgressFile(self._folder / "progress", log.checksum)
        try:
            done = self._resumed(Beginning(log), progress, pace)
            rejects = progress.rejects.read_bytes().count(b"\n") if progress.rejects.exists() else 0
        finally:
            shutil.rmtree(self._folder / "progress", ignore_errors=True)
        if rejects != done.rejected:
            raise NotAllowed(f"{rejects} rejected rows are kept of {done.rejected}")
        return f"sent {min(done.sent, 9)}, rejected {min(done.rejected, 9)}"

    def _resumed(self, log: Beginning, progress: ProgressFile, pace: Pace) -> Progress:
        broker = Broker(lost_after=2)
        playing = Replay(broker, _SECRETS, FixedClock(NOW), _slept, pace)
        try:
            return playing.run(log, progress)
        except Unavailable:
            return Replay(broker, _SECRETS, FixedClock(NOW), _slept, pace).run(log, progress)


def _slept(seconds: float) -> None:
    """Replaces `time.sleep`; raises where the time is negative or absurdly long."""
    if not 0 <= seconds <= _LONGEST_SLEEP_S:
        raise NotAllowed(f"it waits {seconds:.3g} s for a row")


def _dictionary() -> list[bytes]:
    names = ["type", "view", "click", "order", "impression", "user_id", "time", "event_id", "source", "clicked"]
    names += ["shown_at", "target_propensities", "probabilities", "rung", "seed", "context", "features", "policy_id"]
    return [name.encode() for name in names]
