"""A worker that is stuck ends itself, and nothing that it was given counts as done."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kafka import KafkaConsumer, TopicPartition

from services.common.topics import PARTITIONS, VIEWS
from services.tools.stack.session import RunningStack
from services.wire.faust.worker import CRASHED
from tests.integration.profiles.sent_events import emit


def test_a_stuck_worker_ends_hard_before_a_commit(shop: RunningStack, tmp_path: Path) -> None:
    emit(shop.kafka, [f"u1-{1:032x}"], 50, seed=1)
    own = {"ADLOOM_DATA_DIR": str(tmp_path), "ADLOOM_HEALTH_PORT": "0", "ADLOOM_STUCK_S": "3"}
    command = [sys.executable, str(Path(__file__).with_name("hanging_worker.py"))]
    done = subprocess.run(
        command, env={**os.environ, **shop.environ(), **own}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == CRASHED, done.stderr
    assert "the event loop has been blocked" in done.stderr
    assert committed(shop.kafka) == 0


def committed(kafka: str) -> int:
    """How many views the group has acknowledged."""
    consumer = KafkaConsumer(bootstrap_servers=kafka, group_id="adloom-hanging")
    found = sum(consumer.committed(TopicPartition(VIEWS, partition)) or 0 for partition in range(PARTITIONS))
    consumer.close()
    return found
