"""A Redis that has lost its newest writes, as a replica that lagged and became master: its rows come back."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from services.tools.drills.own_worker import ended_after
from services.tools.stack.session import RunningStack
from tests.integration.profiles.sent_events import WITHIN_S, Counts, emit, shown
from tests.integration.profiles.workers import worker_of
from tests.waiting import wait_for

FIRST = [f"u1-{number:032x}" for number in range(1, 101)]
NEW = [f"u1-{number:032x}" for number in range(101, 131)]


def put_aside(shop: RunningStack, folder: Path) -> None:
    """Keeps what Redis has on disk now."""
    shop.stop("redis")
    shutil.copytree(shop.state_dir.data("redis"), folder)
    shop.start("redis")


def put_back(shop: RunningStack, folder: Path) -> None:
    """Redis comes back with what it had then."""
    shop.stop("redis")
    shutil.rmtree(shop.state_dir.data("redis"))
    shutil.copytree(folder, shop.state_dir.data("redis"))
    shop.start("redis")


def settle(shop: RunningStack, sent: Counts) -> None:
    wait_for("Feast shows what was sent", lambda: shown(shop.redis, [*sent]) == sent, WITHIN_S)


@pytest.mark.parametrize("restarted", [False, True])
def test_rows_that_an_older_redis_lacks_come_back_without_any_event(
    shop: RunningStack, tmp_path: Path, restarted: bool
) -> None:
    worker = worker_of(shop, tmp_path / "worker")
    with ended_after([worker]):
        worker.start()
        first = emit(shop.kafka, FIRST, 500, seed=1)
        settle(shop, first)
        put_aside(shop, tmp_path / "aside")
        second = emit(shop.kafka, FIRST[:20] + NEW, 500, seed=2)
        none: Counter[str] = Counter()
        both = {user: first.get(user, none) + second.get(user, none) for user in [*FIRST, *NEW]}
        settle(shop, both)
        if restarted:
            assert worker.end(signal.SIGTERM) == 0  # so that nothing is delivered again
        put_back(shop, tmp_path / "aside")
        if restarted:
            worker.start()
        settle(shop, both)
