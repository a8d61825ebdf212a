"""A replay sends each row once, goes on where it stopped, and loses no bad row."""

from __future__ import annotations

import codecs
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.common.clock import FixedClock
from services.common.errors import Misconfigured, Unavailable
from services.common.pseudonym import PseudonymKey
from services.common.secrets import Secrets
from services.common.token import TokenKeys
from services.common.topics import CLICKS, IMPRESSIONS, ORDERS, VIEWS
from services.events.log_files import open_log
from services.events.replay import Pace, Replay
from services.events.replay_progress import Progress, ProgressFile
from services.wire.codec.decode import decode
from services.wire.codec.envelope import Envelope, Record
from services.wire.codec.memory_sink import MemorySink
from services.wire.codec.ports import OnDelivery

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRETS = Secrets(PseudonymKey(1, b"test"), TokenKeys("1", {"1": b"k" * 32}), b"s" * 32)
ALICE = SECRETS.pseudonym_key.pseudonym("alice")
VIEW = {"type": "view", "user_id": "alice", "product_id": "shirt-3", "dwell_ms": 5200, "time": "2025-01-01T00:00:00Z"}
IMPRESSION = {
    "type": "impression", "user_id": "alice", "creative_id": "banner-7", "product_id": "shirt-3",
    "policy_id": "old-rules", "propensity": 0.25, "target_propensities": {"uniform": 0.125}, "slot": 2, "clicked": True,
}  # fmt: skip


LINE = json.dumps(VIEW).encode() + b"\n"


class FailingAfter(MemorySink):
    """Loses its broker after so many records."""

    def __init__(self, records: int) -> None:
        super().__init__(FixedClock(NOW))
        self.left = records

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        self.failure = None if self.left > 0 else Unavailable("kafka", "gone")
        self.left -= 1
        super().send(record, on_delivery)


def write(folder: Path, *rows: object) -> Path:
    path = folder / "log.jsonl"
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def play(path: Path, folder: Path, sink: MemorySink, pace: Pace | None = None) -> Progress:
    replay = Replay(sink, SECRETS, FixedClock(NOW), lambda seconds: None, pace or Pace())
    log = open_log(path)
    return replay.run(log, ProgressFile(folder, log.checksum))


def read(sink: MemorySink, topic: str) -> list[Envelope]:
    return [decode(raw) for raw in sink.read(topic)]


def test_every_type_of_row_reaches_its_topic_now_and_under_the_pseudonym(tmp_path: Path) -> None:
    sink = MemorySink(FixedClock(NOW))
    click = {"type": "click", "user_id": "alice", "product_id": "shirt-3", "event_id": "own", "source": "till"}
    order = {"type": "order", "user_id": "alice", "product_id": "shirt-3", "value_minor": "2995"}
    done = play(write(tmp_path, VIEW, click, "", order), tmp_path, sink)
    assert (done.sent, done.rejected, done.row) == (3, 0, 4)
    (view,), (clicked,), (ordered,) = (read(sink, topic) for topic in (VIEWS, CLICKS, ORDERS))
    assert view.message.dwell_ms == 5200  # type: ignore[attr-defined]
    assert ordered.message.value_minor == 2995  # type: ignore[attr-defined]
    assert {e.time for e in (view, clicked, ordered)} == {NOW}
    assert {e.key for e in (view, clicked, ordered)} == {ALICE.encode()}
    assert (clicked.source, clicked.event_id) == ("till", "own")


def test_an_impression_of_another_system_is_foreign_and_its_click_carries_its_token(tmp_path: Path) -> None:
    sink = MemorySink(FixedClock(NOW))
    assert play(write(tmp_path, IMPRESSION), tmp_path, sink).sent == 2
    (shown,), (clicked,) = read(sink, IMPRESSIONS), read(sink, CLICKS)
    impression = shown.message
    assert (impression.foreign, impression.propensity, impression.slot) == (True, 0.25, 2)  # type: ignore[attr-defined]
    assert dict(impression.target_propensities) == {"uniform": 0.125, "old-rules": 0.25}  # type: ignore[attr-defined]
    token = SECRETS.token_keys.verify(clicked.message.impression_token, NOW)  # type: ignore[attr-defined]
    assert (token.impression_id, token.user_id) == (impression.impression_id, ALICE)  # type: ignore[attr-defined]
    assert token.imported
    assert clicked.key == shown.key == ALICE.encode()
    assert clicked.time > shown.time


PAGE = IMPRESSION | {"impression_id": "page-1"}
OTHERS_ON_THE_PAGE: dict[str, dict[str, object]] = {
    "users": {"user_id": "bob"},
    "places": {"placement_id": "side"},
    "slots": {"slot": 3},
    "creatives": {"creative_id": "banner-8"},
    "propensities": {"propensity": 0.5},
    "policies": {"policy_id": "new-rules"},
    "ids of the log": {"impression_id": "page-2"},
}


@pytest.mark.parametrize("what", OTHERS_ON_THE_PAGE)
def test_impressions_that_a_log_gives_one_id_are_told_apart_and_so_are_their_clicks(tmp_path: Path, what: str) -> None:
    sink = MemorySink(FixedClock(NOW))
    assert play(write(tmp_path, PAGE, PAGE | OTHERS_ON_THE_PAGE[what], PAGE), tmp_path, sink).sent == 6
    shown = {m.event_id: m.message.impression_id for m in read(sink, IMPRESSIONS)}  # type: ignore[attr-defined]
    one, other, copy = (shown[event_id] for event_id in sorted(shown))
    assert one == copy != other
    for click in read(sink, CLICKS):
        token = SECRETS.token_keys.verify(click.message.impression_token, NOW)  # type: ignore[attr-defined]
        assert token.impression_id == shown[click.event_id.removesuffix("-click")]


BAD_ROWS = {
    "no JSON": ("{broken", "line"),
    "a list": ("[1]", "line"),
    "no type": ({"user_id": "alice"}, "type"),
    "unknown type": ({"type": "hover", "user_id": "alice"}, "type"),
    "type that is a list": ({"type": ["view"], "user_id": "alice"}, "type"),
    "no user": ({"type": "view", "product_id": "s"}, "user_id"),
    "user that is a number": ({"type": "view", "user_id": 5, "product_id": "s"}, "user_id"),
    "no product": ({"type": "view", "user_id": "alice"}, "product_id"),
    "mistyped name": (VIEW | {"dwel_ms": 3}, "dwel_ms"),
    "text where a number belongs": (VIEW | {"dwell_ms": "long"}, "dwell_ms"),
    "true where a number belongs": (VIEW | {"dwell_ms": True}, "dwell_ms"),
    "absurd time": (VIEW | {"time": "99999-01-01T00:00:00Z"}, "time"),
    "id that is a number": (VIEW | {"event_id": 7}, "event_id"),
    "no propensity": (IMPRESSION | {"propensity": None}, "propensity"),
    "propensity above one": (IMPRESSION | {"propensity": 1.5}, "propensity"),
    "clicked in words": (IMPRESSION | {"clicked": "yes"}, "clicked"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_kept_with_its_line_and_field_and_its_neighbours_are_sent(tmp_path: Path, name: str) -> None:
    bad, field = BAD_ROWS[name]
    sink, path = MemorySink(FixedClock(NOW)), write(tmp_path, VIEW, bad, VIEW)
    done = play(path, tmp_path, sink)
    assert (done.sent, done.rejected) == (2, 1)
    (kept,) = (
        json.loads(line) for line in ProgressFile(tmp_path, open_log(path).checksum).rejects.read_text().splitlines()
    )
    assert (kept["line"], kept["field"]) == (2, field)
    assert kept["text"] == (bad if isinstance(bad, str) else json.dumps(bad))


def test_a_line_of_megabytes_is_one_bad_row(tmp_path: Path) -> None:
    sink = MemorySink(FixedClock(NOW))
    done = play(write(tmp_path, VIEW, "x" * 3_000_000, VIEW), tmp_path, sink)
    assert (done.sent, done.rejected, done.row) == (2, 1, 3)


def test_an_interrupted_replay_goes_on_and_repeats_only_under_the_same_ids(tmp_path: Path) -> None:
    rows = [VIEW | {"dwell_ms": number} for number in range(1200)]
    path = write(tmp_path, *rows, "{broken")
    broken = FailingAfter(700)
    with pytest.raises(Unavailable):
        play(path, tmp_path, broken)
    whole = MemorySink(FixedClock(NOW))
    done = play(path, tmp_path, whole)
    assert (done.sent, done.rejected) == (1200, 1)
    before, after = ({e.event_id: e.message.dwell_ms for e in read(s, VIEWS)} for s in (broken, whole))  # type: ignore[attr-defined]
    assert sorted((before | after).values()) == list(range(1200))
    assert len(after) == 700  # the 500 that were confirmed are not sent again
    assert all(before[event_id] == after[event_id] for event_id in before.keys() & after.keys())


def test_a_second_replay_repeats_the_ids_of_the_first(tmp_path: Path) -> None:
    path = write(tmp_path, VIEW, IMPRESSION)
    first, second = MemorySink(FixedClock(NOW)), MemorySink(FixedClock(NOW))
    assert play(path, tmp_path, first) == play(path, tmp_path, second)
    for topic in (VIEWS, IMPRESSIONS, CLICKS):
        assert [e.event_id for e in read(first, topic)] == [e.event_id for e in read(second, topic)]


def test_kept_times_are_the_logs(tmp_path: Path) -> None:
    sink = MemorySink(FixedClock(NOW))
    recent = VIEW | {"time": "2026-03-01T10:00:00+01:00"}
    done = play(write(tmp_path, recent, VIEW | {"time": None}), tmp_path, sink, Pace(keep_times=True))
    assert [e.time for e in read(sink, VIEWS)] == [datetime(2026, 3, 1, 9, tzinfo=UTC)]
    assert done.rejected == 1  # a row without time has none to keep


def test_speed_keeps_the_gaps_of_the_log(tmp_path: Path) -> None:
    clock, sink = FixedClock(NOW), MemorySink(FixedClock(NOW))
    times = ["2025-01-01T00:00:00Z", "2025-01-01T00:00:10Z", "2025-01-01T00:01:00Z"]
    log = open_log(write(tmp_path, *(VIEW | {"time": time} for time in times)))
    replay = Replay(sink, SECRETS, clock, lambda seconds: clock.advance(timedelta(seconds=seconds)), Pace(speed=10))
    replay.run(log, ProgressFile(tmp_path, log.checksum))
    assert [e.time - NOW for e in read(sink, VIEWS)] == [timedelta(seconds=s) for s in (0, 1, 6)]


def test_parquet_says_the_same_as_jsonl(tmp_path: Path) -> None:
    rows = [VIEW, {"type": "order", "user_id": "bob", "product_id": "s", "quantity": 2}]
    parquet = tmp_path / "log.parquet"
    pq.write_table(
        pa.Table.from_pylist(
            rows,
            pa.schema(
                [(n, pa.string()) for n in ("type", "user_id", "product_id", "time")]
                + [(n, pa.int64()) for n in ("dwell_ms", "quantity")]
            ),
        ),
        parquet,
    )
    one, other = MemorySink(FixedClock(NOW)), MemorySink(FixedClock(NOW))
    assert play(parquet, tmp_path, one) == play(write(tmp_path, *rows), tmp_path, other)
    for topic in (VIEWS, ORDERS):
        assert [e.message for e in read(one, topic)] == [e.message for e in read(other, topic)]


BOM = codecs.BOM_UTF8


@pytest.mark.parametrize(
    "content",
    [
        BOM + LINE + LINE + LINE,
        LINE + LINE + BOM + LINE,  # two files that were joined
        BOM + (LINE + LINE + LINE).replace(b"\n", b"\r\n"),
        BOM + b"\n" + LINE + b"\n" + LINE + LINE.rstrip(),
        BOM + BOM + LINE + LINE + LINE,
        b" \t" + BOM + LINE + BOM + b" " + BOM + b"\r\n" + LINE + LINE,
    ],
)
def test_a_mark_that_says_utf_8_loses_no_row(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    done = play(path, tmp_path, MemorySink(FixedClock(NOW)))
    assert (done.sent, done.rejected) == (3, 0)


def test_a_last_line_without_its_newline_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    for content, rows in ((b"", 0), (LINE, 1), (LINE.rstrip(), 1), (LINE + LINE.rstrip(), 2)):
        path.write_bytes(content)
        assert open_log(path).rows == rows


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (LINE.decode().encode("utf-16"), "UTF-16"),
        (LINE.decode().encode("utf-32"), "UTF-32"),
        (codecs.BOM_UTF16_BE + LINE.decode().encode("utf-16-be"), "UTF-16"),
        (gzip.compress(LINE), "gzip"),
        (b"ARROW1\0\0", "Feather"),
    ],
)
def test_a_file_of_another_kind_is_named_before_a_row_of_it_is_read(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_bytes(content)
    with pytest.raises(Misconfigured, match=what):
        open_log(path)


def test_a_log_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no file"):
        open_log(tmp_path / "nothing.jsonl")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(Misconfigured, match="Parquet"):
        open_log(tmp_path / "broken.parquet")
