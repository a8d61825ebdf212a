"""How many bytes the worker `profiles` takes: on disk, in Redis and in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import redis as redis_client

from services.tools.stack.session import RunningStack

_CHANGELOG = "adloom-profiles-users-changelog-"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes, all users together."""

    redis: int
    store: int  # the worker's local store, on disk
    changelog: int  # on the broker, not compacted yet
    resident: int  # of the worker's memory

    def per_user(self, empty: Sizes, users: int) -> Sizes:
        """Bytes per user, without those of an empty stack."""
        return Sizes(
            (self.redis - empty.redis) // users,
            (self.store - empty.store) // users,
            (self.changelog - empty.changelog) // users,
            (self.resident - empty.resident) // users,
        )


def sizes(running: RunningStack) -> Sizes:
    """The current sizes."""
    redis: Any = redis_client.Redis.from_url(f"redis://{running.redis}")
    with redis:
        used = int(redis.info("memory")["used_memory"])
    logs = [path for path in running.state_dir.data("kafka").rglob(f"{_CHANGELOG}*") if path.is_dir()]
    store, changelog = on_disk(running.state_dir.data("profiles")), sum(map(on_disk, logs))
    return Sizes(used, store, changelog, process_of(running, "profiles").memory_info().rss)


def process_of(running: RunningStack, name: str) -> psutil.Process:
    """A process of the stack."""
    return psutil.Process(running.status()["processes"][name]["pid"])


def on_disk(folder: Path) -> int:
    """Bytes that the files below a folder take on disk; a file that is removed meanwhile is not counted.

    >>> on_disk(Path("/no/such/folder"))
    0
    """
    total = 0
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                total += path.stat().st_blocks * 512
        except FileNotFoundError:
            continue
    return total
