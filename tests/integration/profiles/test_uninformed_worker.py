"""A worker that is not given all of its topics asks until it is: a broker tells late of topics that were just made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from services.tools.drills.oracle.whole_log import read_dead_letters
from services.tools.stack.session import RunningStack
from services.wire.codec.envelope import Record
from services.wire.kafka.producer import Producer, ProducerSettings
from tests.integration.profiles.sent_events import WITHIN_S, emit, shown
from tests.waiting import wait_for

USERS = [f"u1-{number:032x}" for number in range(20)]


def test_a_worker_waits_for_all_of_its_topics_and_says_nothing_before(shop: RunningStack, tmp_path: Path) -> None:
    sent = emit(shop.kafka, USERS, 200, seed=1)
    refuse(shop.kafka)
    own = {"ADLOOM_DATA_DIR": str(tmp_path), "ADLOOM_HEALTH_PORT": "0"}
    command = [sys.executable, str(Path(__file__).with_name("uninformed_worker.py"))]
    log = tmp_path / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env={**os.environ, **shop.environ(), **own}, stderr=output) as worker,
    ):
        try:
            wait_for("Feast shows what was sent", lambda: shown(shop.redis, USERS) == sent, WITHIN_S)
        finally:
            worker.kill()
    said = log.read_text()
    assert all(
        f"was not given {name}" in said for name in ("ad.views, ", "adloom-profiles-users-changelog/0", "ad.views/0")
    )
    assert "lost on their way" not in said, "read again by a seek, not when somebody missed them"
    _, letters = read_dead_letters(shop.kafka)
    assert len(letters) == 1, "what a worker says before it can keep its states it says again and again"


def refuse(kafka: str) -> None:
    """Sends a message that is no event."""
    producer = Producer(ProducerSettings(kafka, client_id="test"))
    producer.send(Record("ad.views", USERS[0].encode(), b"no event", ()))
    producer.flush(60)
    producer.close(10.0)
