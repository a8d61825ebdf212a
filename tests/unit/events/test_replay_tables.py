"""Tables: a replay reads what data frames write, refuses what it would misread, and names what it passes over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.common.clock import FixedClock
from services.common.errors import Misconfigured, Rejected
from services.common.topics import CLICKS, IMPRESSIONS, ORDERS, VIEWS
from services.events.log_files import open_log
from services.events.log_format import time_of
from services.events.replay import Pace
from services.wire.codec.memory_sink import MemorySink
from tests.unit.events.test_replay import IMPRESSION, NOW, SECRETS, VIEW, play, read

NINE = datetime(2026, 3, 1, 9)  # noqa: DTZ001 - a table may say no zone
AT_NINE = [
    pa.array([NINE] * 2, pa.timestamp("s")),
    pa.array([NINE] * 2, pa.timestamp("ns")),
    pa.array([NINE.replace(tzinfo=UTC)] * 2, pa.timestamp("us", "Asia/Tokyo")),
    pa.array(["2026-03-01 09:00:00", "2026-03-01T10:00:00+01:00"]),
]
BOUGHT = {"type": "order", "user_id": "bob", "product_id": "hat", "quantity": 2, "value_minor": 990, "currency": "EUR"}


def write_table(folder: Path, table: pa.Table, **options: Any) -> Path:
    path = folder / "log.parquet"
    pq.write_table(table, path, **options)
    return path


def views(users: pa.Array, **columns: pa.Array) -> pa.Table:
    return pa.table({"type": ["view"] * len(users), "user_id": users, "product_id": ["s"] * len(users), **columns})


@pytest.mark.parametrize("times", AT_NINE, ids=lambda times: str(times.type))
def test_times_of_a_table_are_utc_where_they_name_no_zone(tmp_path: Path, times: pa.Array) -> None:
    columns = {"time": times, "type": ["view"] * 2, "user_id": ["alice", "bob"], "product_id": ["s"] * 2}
    pq.write_table(pa.table(columns), tmp_path / "log.parquet")
    sink = MemorySink(FixedClock(NOW))
    assert play(tmp_path / "log.parquet", tmp_path, sink, Pace(keep_times=True)).rejected == 0
    assert [e.time for e in read(sink, VIEWS)] == [NINE.replace(tzinfo=UTC)] * 2


def test_what_a_table_has_too_much_does_no_harm_and_is_named(tmp_path: Path) -> None:
    rows = pd.DataFrame([VIEW | {"time": NINE}, IMPRESSION | {"context": {"locale": "en"}}, VIEW | {"time": NINE}])
    rows["basket"], rows["dwell_ms"] = b"\xff", rows["dwell_ms"].astype(float)  # pandas' way of having none
    rows[rows.type != "order"].set_index(pd.Index([4, 7, 9])).to_parquet(tmp_path / "log.parquet")
    sink = MemorySink(FixedClock(NOW))
    done = play(tmp_path / "log.parquet", tmp_path, sink)
    assert (done.sent, done.rejected) == (4, 0)
    assert [e.message.dwell_ms for e in read(sink, VIEWS)] == [5200, 5200]  # type: ignore[attr-defined]
    assert open_log(tmp_path / "log.parquet").passed_over == ("__index_level_0__", "basket")


def test_what_other_rows_have_is_absent(tmp_path: Path) -> None:
    nothing = {"context": {"locale": None}, "propensity": float("nan"), "candidates": []}
    told = IMPRESSION | {"target_propensities": {"uniform": None, "new": 0.5}, "clicked": None}
    pq.write_table(
        pa.Table.from_pylist([dict.fromkeys(told) | VIEW | nothing, told | {"context": {"locale": "en"}}]),
        tmp_path / "log.parquet",
    )
    sink = MemorySink(FixedClock(NOW))
    done = play(tmp_path / "log.parquet", tmp_path, sink)
    assert (done.sent, done.rejected) == (2, 0)
    (shown,) = read(sink, IMPRESSIONS)
    assert dict(shown.message.target_propensities) == {"new": 0.5, "old-rules": 0.25}  # type: ignore[attr-defined]


def test_a_table_of_which_nothing_is_known_is_rejected_row_by_row(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1, 2, 3]}), tmp_path / "log.parquet")
    assert play(tmp_path / "log.parquet", tmp_path, MemorySink(FixedClock(NOW))).rejected == 3


@pytest.mark.parametrize("between", [b"", b"\n"])
@pytest.mark.parametrize("options", [{}, {"write_page_index": True}], ids=str)
@pytest.mark.parametrize("rows", [(3, 3), (3, 0), (1, 400), (400, 1)])
def test_joined_parquet_files_are_refused(
    tmp_path: Path, rows: tuple[int, int], options: dict[str, bool], between: bytes
) -> None:
    each = []
    for count in rows:
        users = pa.array([f"shopper {n}" for n in range(count)], pa.string())
        path = write_table(tmp_path, views(users), row_group_size=100, **options)
        assert open_log(path).rows == count  # by itself it is a log
        each.append(path.read_bytes())
    path.write_bytes(between.join(each))
    with pytest.raises(Misconfigured, match="more than one Parquet file"):
        open_log(path)


def test_a_text_like_the_joint_of_two_files_is_text(tmp_path: Path) -> None:
    table = views(pa.array(["alice"]), query=pa.array(["hats PAR1PAR1 hats"]))
    assert play(write_table(tmp_path, table, compression="none"), tmp_path, MemorySink(FixedClock(NOW))).sent == 1


@pytest.mark.parametrize("day", [datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_times_of_int96_after_2262_are_those_of_the_table(tmp_path: Path, day: datetime) -> None:
    table = views(pa.array(["alice"]), time=pa.array([day], pa.timestamp("us")))
    (line,) = open_log(write_table(tmp_path, table, use_deprecated_int96_timestamps=True)).lines()
    assert not isinstance(line.row, Rejected)
    assert time_of(line.row) == day


@pytest.mark.parametrize("name", ["user_id", "time", "type", "dwell_ms"])
def test_two_columns_of_one_name_are_refused_by_name(tmp_path: Path, name: str) -> None:
    names = ["type", "user_id", "product_id", "time", "dwell_ms", name]
    path = write_table(tmp_path, pa.Table.from_arrays([pa.array(["1"])] * 6, names=names))
    with pytest.raises(Misconfigured, match=f"more than one column {name}:"):
        open_log(path)


def test_two_columns_that_no_type_has_do_no_harm(tmp_path: Path) -> None:
    table = views(pa.array(["alice"])).append_column("x", pa.array([1])).append_column("x", pa.array([2]))
    path = write_table(tmp_path, table)
    assert open_log(path).passed_over == ("x",)
    assert play(path, tmp_path, MemorySink(FixedClock(NOW))).sent == 1


def test_a_filled_value_of_another_type_is_absent(tmp_path: Path) -> None:
    click = {"type": "click", "user_id": "alice", "product_id": "shirt-3"}
    shown = {name: value for name, value in IMPRESSION.items() if name != "target_propensities"}
    rows = pd.DataFrame([VIEW | {"query": "hat"}, click, BOUGHT, shown])
    numbers = rows.select_dtypes("number").columns
    rows[numbers] = rows[numbers].fillna(0)
    rows["clicked"] = rows["clicked"].eq(True)
    texts = ["query", "currency", "creative_id", "policy_id"]
    rows[texts] = rows[texts].fillna("")
    rows.to_parquet(tmp_path / "log.parquet")
    sink = MemorySink(FixedClock(NOW))
    done = play(tmp_path / "log.parquet", tmp_path, sink)
    assert (done.sent, done.rejected) == (5, 0)
    (ordered,) = read(sink, ORDERS)
    assert (ordered.message.quantity, ordered.message.value_minor) == (2, 990)  # type: ignore[attr-defined]


@pytest.mark.parametrize("value", [1, "EUR"])
def test_a_value_that_only_another_type_has_is_never_dropped_in_silence(tmp_path: Path, value: object) -> None:
    name = "quantity" if isinstance(value, int) else "currency"
    path = write_table(tmp_path, views(pa.array(["alice"]), **{name: pa.array([value])}))
    assert play(path, tmp_path, MemorySink(FixedClock(NOW))).rejected == 1


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint8(), pa.float64(), pa.bool_()], ids=str)
def test_clicked_may_be_numbers_in_a_table(tmp_path: Path, kind: pa.DataType) -> None:
    table = pa.Table.from_pylist([IMPRESSION, IMPRESSION]).drop_columns(["clicked", "target_propensities"])
    path = write_table(tmp_path, table.append_column("clicked", pa.array([1, 0]).cast(kind)))
    sink = MemorySink(FixedClock(NOW))
    done = play(path, tmp_path, sink)
    assert (done.sent, done.rejected, len(read(sink, CLICKS))) == (3, 0, 1)


def test_clicked_twice_is_no_flag(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([IMPRESSION | {"clicked": 2}]).drop_columns("target_propensities")
    assert play(write_table(tmp_path, table), tmp_path, MemorySink(FixedClock(NOW))).rejected == 1


def test_struct_fields_that_no_type_has_are_passed_over_and_named(tmp_path: Path) -> None:
    context = {"page": "a", "zone": "q", "geo": {"city": "Ulm"}}
    table = pa.Table.from_pylist([IMPRESSION | {"context": context}])
    path, sink = write_table(tmp_path, table), MemorySink(FixedClock(NOW))
    assert play(path, tmp_path, sink).rejected == 0
    (shown,) = read(sink, IMPRESSIONS)
    assert shown.message.context.page == "a"  # type: ignore[attr-defined]
    assert shown.message.target_propensities["uniform"] == 0.125  # type: ignore[attr-defined] # its fields are values
    assert open_log(path).passed_over == ("context.geo", "context.zone")


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()], ids=str)
def test_a_date_is_its_midnight_in_utc(tmp_path: Path, kind: pa.DataType) -> None:
    path = write_table(tmp_path, views(pa.array(["alice"]), time=pa.array([NOW.date()], kind)))
    sink = MemorySink(FixedClock(NOW))
    assert play(path, tmp_path, sink, Pace(keep_times=True)).rejected == 0
    assert [e.time for e in read(sink, VIEWS)] == [NOW.replace(hour=0)]


UUIDS = [UUID(int=7), UUID(int=8)]


@pytest.mark.parametrize(
    ("ids", "texts"),
    [
        (pa.array([0, 7]), ["0", "7"]),
        (pa.array([0.0, 7.0]), ["0", "7"]),
        (pa.array([each.bytes for each in UUIDS], pa.uuid()), list(map(str, UUIDS))),
        (pa.array([each.bytes for each in UUIDS], pa.binary(16)), list(map(str, UUIDS))),
    ],
    ids=lambda found: str(getattr(found, "type", "")),
)
def test_event_ids_of_a_table_are_read_as_text(tmp_path: Path, ids: pa.Array, texts: list[str]) -> None:
    path, sink = write_table(tmp_path, views(pa.array(["a", "b"]), event_id=ids)), MemorySink(FixedClock(NOW))
    assert play(path, tmp_path, sink).rejected == 0
    assert sorted(e.event_id for e in read(sink, VIEWS)) == texts


def test_a_whole_number_as_user_id_of_a_table_is_the_shopper_of_its_text(tmp_path: Path) -> None:
    sink = MemorySink(FixedClock(NOW))
    assert play(write_table(tmp_path, views(pa.array([7, 8]))), tmp_path, sink).rejected == 0
    pseudonyms = {SECRETS.pseudonym_key.pseudonym(text).encode() for text in ("7", "8")}
    assert {e.key for e in read(sink, VIEWS)} == pseudonyms


@pytest.mark.parametrize("users", [pa.array([7.5]), pa.array([2.0**53]), pa.array([True])], ids=str)
def test_a_user_id_that_may_be_rounded_is_rejected(tmp_path: Path, users: pa.Array) -> None:
    assert play(write_table(tmp_path, views(users)), tmp_path, MemorySink(FixedClock(NOW))).rejected == 1
