"""Two workers under one name: the older one ends with a sentence, and every event counts once."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from services.stack.session import RunningStack
from services.wire.faust_worker import CRASHED
from tests.integration.stream.worker_process import WITHIN_S, WorkerProcess, emit, shown
from tests.waiting import wait_for

USERS = [f"u1-{number:032x}" for number in range(12)]


def test_the_older_one_ends_and_nothing_is_lost_or_counted_twice(
    shop: RunningStack, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    older, newer = (WorkerProcess(shop, tmp_path / name) for name in ("older", "newer"))
    try:
        older.start()
        wait_for("the older one", lambda: older.readiness().get("ready"), WITHIN_S)
        counts = emit(shop.kafka, USERS, 200, seed=1)
        newer.start()
        assert older.process is not None
        assert older.process.wait(WITHIN_S) == CRASHED
        for user, more in emit(shop.kafka, USERS, 200, seed=2).items():
            counts[user] += more
        wait_for("equal counts", lambda: shown(shop.redis, USERS) == counts, WITHIN_S)
        assert newer.process is not None
        assert newer.process.poll() is None
        assert "another profiles works under the name profiles-0 (ADLOOM_INSTANCE)" in capfd.readouterr().err
    finally:
        for worker in (older, newer):
            if worker.process is not None and worker.process.poll() is None:
                worker.end(signal.SIGKILL)


def test_a_second_one_in_the_same_folder_is_refused(
    shop: RunningStack, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    first, second = WorkerProcess(shop, tmp_path), WorkerProcess(shop, tmp_path, instance="profiles-1")
    first.start()
    try:
        wait_for("the first one", lambda: first.readiness(), WITHIN_S)
        second.start()
        assert second.process is not None
        assert second.process.wait(WITHIN_S) == 2
        assert f"{tmp_path} is held by another profiles" in capfd.readouterr().err
        assert first.process is not None
        assert first.process.poll() is None
    finally:
        first.end(signal.SIGKILL)
