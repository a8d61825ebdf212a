"""A worker `profiles` as a process of a test's own, and the events that it is fed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.error import HTTPError, URLError

from protos.gen.adloom.events.v1 import events_pb2 as events
from services.common.errors import Unavailable
from services.features.feast_reader import FeastReader
from services.stack.session import RunningStack
from services.wire.encode import encode
from services.wire.kafka_producer import Producer, ProducerSettings

Counts = dict[str, Counter[str]]  # by user, of events by kind
WITHIN_S = 90.0  # a busy machine is slow, not wrong


@dataclass
class WorkerProcess:
    """`python -m services.stream.main`, started and killed at will."""

    shop: RunningStack
    data: Path
    instance: str = "profiles-0"
    store: str = "rocksdict"
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    def start(self) -> WorkerProcess:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        own = {
            "ADLOOM_DATA_DIR": str(self.data),
            "ADLOOM_HEALTH_PORT": str(self.port),
            "ADLOOM_INSTANCE": self.instance,
            "ADLOOM_STORE": self.store,
        }
        command = [sys.executable, "-m", "services.stream.main"]
        self.process = subprocess.Popen(command, env={**os.environ, **self.shop.environ(), **own})
        return self

    def end(self, signum: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(signum)
        return self.process.wait(WITHIN_S)

    def readiness(self) -> dict[str, Any]:
        """What `/ready` says; empty where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5) as answer:
                found: dict[str, Any] = json.load(answer)
        except HTTPError as not_ready:
            with not_ready:
                found = json.load(not_ready)
        except (URLError, OSError):
            return {}
        return found


def emit(kafka: str, users: list[str], count: int, seed: int) -> Counts:
    """Sends events, a tenth of them twice; how many of each kind every user has, each counted once."""
    chance, producer = Random(seed), Producer(ProducerSettings(kafka, client_id="test"))
    counts: Counts = {user: Counter() for user in users}
    for number in range(count):
        user = chance.choice(users)
        kind = chance.choices(["views", "clicks", "orders"], [6, 3, 1])[0]
        message = {"views": events.View, "clicks": events.Click, "orders": events.Order}[kind](
            user_id=user, product_id="boot-chelsea"
        )
        time_of_it = datetime.now(UTC) - timedelta(seconds=chance.uniform(0, 3600))
        record = encode(message, event_id=f"{seed}-{number}", source="test", time=time_of_it, key=user.encode())
        for _ in range(1 + (chance.random() < 0.1)):
            producer.send(record)
        counts[user][kind] += 1
    producer.flush(60)
    producer.close(10.0)
    return counts


def shown(redis: str, users: list[str]) -> Counts:
    """What Feast shows of the users; nothing while Redis is away."""
    try:
        readings = FeastReader(redis, timeout_s=5.0).read(users)
    except Unavailable:
        return {}
    return {
        user: Counter({k: n for k in ("views", "clicks", "orders") if (n := reading.profile.integer(f"{k}_total"))})
        for user, reading in readings.items()
    }
