"""Messages that lie before an offset which somebody else has set for the group are counted, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from services.common.metrics import METRICS
from services.wire.faust.finished import Finished, signed, tell_skipped

VIEWS, CLICKS = TopicPartition("ad.views", 3), TopicPartition("ad.clicks", 3)


def by_somebody(offset: int) -> dict[TopicPartition, OffsetAndMetadata]:
    return {VIEWS: OffsetAndMetadata(offset, "")}


def noted(folder: Path) -> Finished:
    """The note of a worker that had finished ten views and four clicks, as its next life finds it."""
    Finished(folder).note({VIEWS: OffsetAndMetadata(10, ""), CLICKS: OffsetAndMetadata(4, "")})
    return Finished(folder)


def test_a_group_set_to_the_latest_skips_what_lies_between(tmp_path: Path) -> None:
    found = noted(tmp_path).skipped(by_somebody(25) | signed({CLICKS: OffsetAndMetadata(99, "")}), {})
    assert found == {("ad.views", 3): (10, 25)}


@pytest.mark.parametrize("offset", [10, 3, 0])
def test_a_group_that_is_set_back_or_left_skips_nothing(tmp_path: Path, offset: int) -> None:
    assert noted(tmp_path).skipped(by_somebody(offset), {}) == {}


def test_what_workers_commit_is_theirs_whoever_has_the_note(tmp_path: Path) -> None:
    assert noted(tmp_path).skipped(signed(by_somebody(25)), {}) == {}


@pytest.mark.parametrize("text", [None, "", "[1]", '{"ad.views/3": "many"}', "{"])
def test_where_there_is_no_note_nothing_is_claimed(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "finished.json").write_text(text)
    assert Finished(tmp_path).skipped(by_somebody(25), {}) == {}


def test_where_no_worker_has_read_before_everything_is_skipped_that_is_still_there(tmp_path: Path) -> None:
    assert Finished(tmp_path).skipped(by_somebody(25), {("ad.views", 3): 7}) == {("ad.views", 3): (7, 25)}
    assert noted(tmp_path).skipped(by_somebody(25), {("ad.views", 3): 7}) == {("ad.views", 3): (10, 25)}


def test_a_folder_that_takes_no_note_costs_nothing(tmp_path: Path) -> None:
    finished = Finished(tmp_path / "not there")
    finished.note({VIEWS: OffsetAndMetadata(10, "")})
    assert finished.skipped(by_somebody(12), {}) == {("ad.views", 3): (10, 12)}


def test_skipped_messages_are_counted_and_told(caplog: pytest.LogCaptureFixture) -> None:
    counter = METRICS.events.labels("ad.views", "skipped")
    before = counter._value.get()
    tell_skipped({("ad.views", 3): (10, 25)})
    assert counter._value.get() - before == 15
    assert "ad.views/3: somebody has set the group's offset from 10 to 25: 15 messages are skipped" in caplog.text
