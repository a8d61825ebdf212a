"""Every past finding of fuzzing gets the right answer now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.common.errors import Misconfigured, Rejected
from services.events.log_files import open_log
from services.tools.drills.fuzzing.findings import FOUND, Found
from services.tools.drills.fuzzing.judge import Judge
from services.tools.drills.fuzzing.target import Target
from services.tools.drills.fuzzing.targets import TARGETS


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Target]]:
    """A target by its key, made once."""
    opened: dict[str, Target] = {}

    def by_key(key: str) -> Target:
        if key not in opened:
            opened[key] = TARGETS[key](tmp_path_factory.mktemp(key))
        return opened[key]

    yield by_key
    for one in opened.values():
        one.close()


@pytest.mark.parametrize("found", FOUND, ids=lambda found: f"{found.target}: {found.what}")
def test_a_finding_is_answered_without_a_stall(found: Found, target: Callable[[str], Target], tmp_path: Path) -> None:
    judge = Judge(target(found.target), tmp_path / "current")
    judge.look(found.case)
    assert not judge.findings
    assert list(judge.answers) == [found.answer]


def rows_of(path: Path, times: pa.Array, **more: pa.Array) -> list[type]:
    """Whether each row of such a Parquet file is one, or rejected."""
    pq.write_table(pa.table({"user_id": ["a", "b"], "time": times} | more), path)
    return [type(line.row) for line in open_log(path).lines()]


def test_a_damaged_log_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"PAR1" + b"\xff" * 20 + (20).to_bytes(4, "little") + b"PAR1")
    with pytest.raises(Misconfigured) as refused:
        open_log(tmp_path / "log")
    assert str(refused.value).isprintable()


def test_a_date_out_of_range_rejects_its_row_only(tmp_path: Path) -> None:
    days = pa.array([2**31 - 1, 1], pa.date32())
    assert rows_of(tmp_path / "log", days) == [Rejected, dict]


def test_text_that_is_no_utf8_rejects_its_row_only(tmp_path: Path) -> None:
    offsets, data = pa.py_buffer(b"\0\0\0\0\2\0\0\0\4\0\0\0"), pa.py_buffer(b"\xff\xfeok")
    text = pa.Array.from_buffers(pa.string(), 2, [None, offsets, data])
    assert rows_of(tmp_path / "log", pa.array([1, 2]), source=text) == [Rejected, dict]


def test_an_unknown_time_zone_rejects_its_rows_only(tmp_path: Path) -> None:
    assert rows_of(tmp_path / "log", pa.array([1, 2], pa.timestamp("us", "USC"))) == [Rejected, Rejected]


def test_rows_behind_damaged_bytes_are_one_rejected_row(tmp_path: Path) -> None:
    path = tmp_path / "log"
    pq.write_table(pa.table({"user_id": ["a"] * 9}), path, compression="gzip")
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + b"\xff" * 20 + whole[24:])
    (line,) = open_log(path).lines()
    assert isinstance(line.row, Rejected)
    assert line.row.reason == "undecodable"
