"""Two workers under one name: the older one ends with a sentence, and every event counts once."""

from __future__ import annotations

from pathlib import Path

from services.tools.drills.own_worker import ended_after
from services.tools.stack.session import RunningStack
from services.wire.faust.worker import CRASHED
from tests.integration.profiles.sent_events import WITHIN_S, emit, shown
from tests.integration.profiles.workers import worker_of
from tests.waiting import wait_for

USERS = [f"u1-{number:032x}" for number in range(12)]


def test_the_older_one_ends_and_nothing_is_lost_or_counted_twice(shop: RunningStack, tmp_path: Path) -> None:
    older, newer = (worker_of(shop, tmp_path / name) for name in ("older", "newer"))
    with ended_after([older, newer]):
        older.start()
        wait_for("the older one", older.ready, WITHIN_S)
        counts = emit(shop.kafka, USERS, 200, seed=1)
        newer.start()
        assert older.process is not None
        assert older.process.wait(WITHIN_S) == CRASHED
        for user, more in emit(shop.kafka, USERS, 200, seed=2).items():
            counts[user] += more
        wait_for("equal counts", lambda: shown(shop.redis, USERS) == counts, WITHIN_S)
        assert newer.runs()
        assert "another profiles works under the name profiles-0 (ADLOOM_INSTANCE)" in older.log_tail()


def test_a_second_one_in_the_same_folder_is_refused(shop: RunningStack, tmp_path: Path) -> None:
    first, second = worker_of(shop, tmp_path), worker_of(shop, tmp_path, "profiles-1")
    with ended_after([first, second]):
        first.start()
        wait_for("the first one", first.endpoint.readiness, WITHIN_S)
        second.start()
        assert second.process is not None
        assert second.process.wait(WITHIN_S) == 2
        assert f"{first.data} is held by another profiles" in second.log_tail()
        assert first.runs()
