"""The doors of `adloom replay`: files of JSON lines, and Parquet files.

Each file is replayed with the broker lost once on the way, and then again from where it stopped.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final

from services.common.clock import FixedClock, to_ms
from services.common.errors import Misconfigured, Unavailable
from services.common.pseudonym import PseudonymKey
from services.common.secrets import Secrets
from services.events.log_files import Line, Log, open_log
from services.events.replay import Pace, Replay
from services.events.replay_progress import Progress, ProgressFile
from services.stack.drills.fuzzing.case import Case
from services.stack.drills.fuzzing.door import Door, NotAllowed, Shape
from services.stack.drills.fuzzing.door_token import KEYS, NOW
from services.wire.decode import decode
from services.wire.envelope import RawRecord, Record
from services.wire.ports import OnDelivery

_SECRETS: Final = Secrets(PseudonymKey(1, b"p" * 32), KEYS, b"s" * 32)
_PACES: Final = {b"now": Pace(), b"times": Pace(keep_times=True), b"speed": Pace(speed=1000.0)}
_LARGEST: Final = 1_500_000
_LINES_A_SECOND: Final = 500.0  # with --speed, progress is kept after each; half as many on a slow machine
_MOST_ROWS: Final = 2_000  # a Parquet file of a megabyte may hold a billion, and a replay takes its time for each
_MEMORY: Final = Path("/dev/shm")
_LONGEST_SLEEP_S: Final = 400 * 86_400.0


def lines_door(folder: Path) -> Door:
    """JSON lines."""
    text = b"\n".join(json.dumps(row).encode() for row in _rows()) + b"\n"
    each = [json.dumps(row).encode() for row in _rows()]
    seeds = [(pace, rows) for pace in _PACES for rows in (text, *each)]
    shapes = (Shape.KEPT, Shape.JSON_LINES)
    name, player = "replay files, JSON lines", Player(folder)
    return Door(name, player.play, seeds, shapes, _words(), _LARGEST, _LINES_A_SECOND, player.close)


def parquet_door(folder: Path) -> Door:
    """Parquet, its rows of right and of strange types."""
    files = _parquet_files()
    seeds = [(pace, file) for pace in _PACES for file in files]
    shapes = (Shape.KEPT, Shape.TEXT)
    player, words = Player(folder), [b"PAR1", *_words()[:8]]
    return Door("replay files, Parquet", player.play, seeds, shapes, words, _LARGEST, close=player.close)


@dataclass
class Broker:
    """A sink that reads what it is sent as every consumer does, and is lost once, after so many records."""

    lost_after: int
    taken: int = 0

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """Takes what consumers take."""
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

    log: Log

    @property
    def checksum(self) -> str:
        """The log's."""
        return self.log.checksum

    def lines(self) -> Iterator[Line]:
        """Those rows."""
        return islice(self.log.lines(), _MOST_ROWS)


class Player:
    """Replays the file in a case, from a folder of its own, in memory where the machine has one there."""

    def __init__(self, folder: Path) -> None:
        self._memory = tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else folder)
        self._folder = Path(self._memory.name)

    def close(self) -> None:
        """Removes the folder."""
        self._memory.cleanup()

    def play(self, case: Case) -> str:
        """How many rows were sent and rejected, in steps."""
        pace, content = (*case, b"", b"")[:2]
        path = self._folder / "log"
        path.write_bytes(content)
        try:
            log = open_log(path)
        except Misconfigured:
            return "no log that can be read"
        progress = ProgressFile(self._folder / "progress", log.checksum)
        try:
            done = self._replayed(Beginning(log), progress, _PACES.get(pace, Pace()))
            rejects = progress.rejects.read_bytes().count(b"\n") if progress.rejects.exists() else 0
        finally:
            shutil.rmtree(self._folder / "progress", ignore_errors=True)
        if rejects != done.rejected:
            raise NotAllowed(f"{rejects} rejected rows are kept of {done.rejected}")
        return f"sent {min(done.sent, 9)}, rejected {min(done.rejected, 9)}"

    def _replayed(self, log: Beginning, progress: ProgressFile, pace: Pace) -> Progress:
        broker = Broker(lost_after=2)
        playing = Replay(broker, _SECRETS, FixedClock(NOW), _slept, pace)
        try:
            return playing.run(log, progress)
        except Unavailable:
            return Replay(broker, _SECRETS, FixedClock(NOW), _slept, pace).run(log, progress)


def _slept(seconds: float) -> None:
    """What `time.sleep` takes, and what somebody would wait for."""
    if not 0 <= seconds <= _LONGEST_SLEEP_S:
        raise NotAllowed(f"it waits {seconds:.3g} s for a row")


def _rows() -> Sequence[dict[str, Any]]:
    return (
        {"type": "view", "user_id": "alice", "time": "2026-03-01T12:00:00Z", "product_id": "tee-breton", "dwell_ms": 5},
        {"type": "click", "user_id": "alice", "product_id": "tee-breton", "time": "2026-03-01T12:00:01Z",
         "event_id": "e"},
        {"type": "order", "user_id": "bob", "product_id": "tee-breton", "quantity": 1, "value_minor": 2995,
         "currency": "EUR", "time": "2026-03-01T12:00:02+01:00", "source": "till"},
        {"type": "impression", "user_id": "bob", "creative_id": "banner-7", "product_id": "tee-breton", "clicked": True,
         "policy_id": "old", "propensity": 0.25, "target_propensities": {"uniform": 0.125},
         "time": "2026-03-01T12:00:03Z", "slot": 1, "candidates": ["a", "b"], "scores": [0.1, 0.2],
         "context": {"locale": "en"}, "seed": "AAAA"},
    )  # fmt: skip


def _words() -> list[bytes]:
    words = ["type", "view", "click", "order", "impression", "user_id", "time", "event_id", "source", "clicked"]
    words += ["shown_at", "target_propensities", "probabilities", "rung", "seed", "context", "features", "policy_id"]
    return [word.encode() for word in words]


def _parquet_files() -> list[bytes]:
    """Tables as they are meant, and with every type that could stand where text, numbers and times should."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def written(table: Any, **options: Any) -> bytes:
        out = io.BytesIO()
        pq.write_table(table, out, **options)
        return out.getvalue()

    rows = list(_rows())
    right = pa.Table.from_pylist(
        [{name: row.get(name) for name in ("type", "user_id", "product_id", "time", "propensity")} for row in rows]
    )
    strange: list[Callable[[], Any]] = [
        lambda: pa.array([b"\xff\xfe", b"alice"], pa.binary()),
        lambda: pa.Array.from_buffers(
            pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0\4\0\0\0"), pa.py_buffer(b"\xff\xfeok")]
        ),
        lambda: pa.array([Decimal("1e30"), None], pa.decimal128(38, 2)),
        lambda: pa.array([2**63 - 1, -(2**63)], pa.timestamp("us", "UTC")),
        lambda: pa.array([2**63 - 1, -(2**63)], pa.timestamp("ns")),
        lambda: pa.array(
            [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)], pa.timestamp("ms", "+14:00")
        ),
        lambda: pa.array(
            [datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)],
            pa.timestamp("us", "UTC"),
        ),
        lambda: pa.array([2**31 - 1, -(2**31)], pa.date32()),
        lambda: pa.array([[1], [[2][0]]], pa.list_(pa.int64())),
        lambda: pa.array([[("a", 1.0)], [("a", 1.0), ("a", 2.0)]], pa.map_(pa.string(), pa.float64())),
        lambda: pa.array([{"a": 1}, {"a": None}]),
        lambda: pa.array([float("nan"), float("inf")]),
        lambda: pa.array([True, False]),
        lambda: pa.array([2**64 - 1, 0], pa.uint64()),
        lambda: pa.array(["x", "y"]).dictionary_encode(),
        lambda: pa.array([10**12, -1], pa.duration("s")),
        lambda: pa.array([None, None], pa.null()),
        lambda: pa.array([86_399, 0], pa.time32("s")),
    ]
    files = [written(right), written(right, compression="gzip"), written(right, use_dictionary=False, version="1.0")]
    for name in ("user_id", "time", "propensity", "event_id", "type", "clicked", "target_propensities"):
        for make in strange:
            columns: dict[str, Any] = {"type": pa.array(["impression", "view"]), "user_id": pa.array(["a", "b"])}
            columns |= {"product_id": pa.array(["tee-breton"] * 2), "propensity": pa.array([0.5, None]), name: make()}
            files.append(written(pa.table(columns)))
    files.append(written(pa.Table.from_arrays([pa.array(["view"]), pa.array(["click"])], names=["type", "type"])))
    return files
