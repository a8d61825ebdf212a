"""A file is written whole or stays what it was, and the error names it."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.runtime.whole_file import write_whole


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """As on a full disk, a write is cut short and then refused."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_was_there_stays_where_there_is_no_room(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    write_whole(path, "before")
    with pytest.raises(OSError, match=str(path)), no_file_larger_than(10):  # noqa: PT012
        write_whole(path, "x" * 100)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["before"]


def test_a_file_that_says_the_same_needs_no_room(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    write_whole(path, "x" * 100)
    with no_file_larger_than(10):
        write_whole(path, "x" * 100)


def test_only_its_owner_reads_what_is_written_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_whole(path, "old", mode=0o644)
    write_whole(path, "old", mode=0o600)
    assert path.stat().st_mode & 0o777 == 0o600
