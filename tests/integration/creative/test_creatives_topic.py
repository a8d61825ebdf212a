"""What one process adds or ends, all processes know within a second."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from services.assets.creative import Draft
from services.assets.kafka_creatives import KafkaCreatives
from services.assets.library import Library
from services.assets.open_library import stored_library
from services.tools.stack.session import RunningStack
from tests.waiting import wait_for

PNG = b"\x89PNG any picture"


@pytest.fixture
def followed(parts: RunningStack) -> Iterator[KafkaCreatives]:
    """What another process knows."""
    other = KafkaCreatives(parts.kafka)
    other.follower.start()
    assert other.follower.caught_up.wait(30)
    yield other
    other.follower.stop(5)


def library(parts: RunningStack, folder: Path) -> Library:
    return stored_library(parts.kafka, str(folder), lambda _: True)


def test_two_processes_agree_within_a_second_and_a_later_one_from_its_start(
    parts: RunningStack, followed: KafkaCreatives, tmp_path: Path
) -> None:
    with closing(library(parts, tmp_path)) as own:
        drafts = [Draft(uuid.uuid4().hex, "300x250", f"Bag {number}", "", "Go", "eve") for number in range(50)]
        added = own.add_all([(draft, PNG) for draft in drafts])
        assert own.list([drafts[0].product_id]) == (added[0],)
        took_s = _agree(own, followed)
        ended = own.change("withdraw", [added[0].creative_id], "bob", "ugly")[0]
        took_s = max(took_s, _agree(own, followed))
    assert took_s < 1
    assert followed.table.get(ended.creative_id) == ended
    with closing(library(parts, tmp_path)) as later:
        assert later.get(ended.creative_id) == ended
        assert later.get(added[1].creative_id) == added[1]


def _agree(own: Library, followed: KafkaCreatives) -> float:
    """Seconds until both tables are the same."""
    began = time.monotonic()
    own_rows = list(own.table.all(lambda _: True))
    wait_for("both tables to agree", lambda: list(followed.table.all(lambda _: True)) == own_rows, within_s=10)
    return time.monotonic() - began
