"""Fault points before and after Faust commits, for drills; Faust reports both to its sensors."""

from __future__ import annotations

from typing import Any

import faust

from services.runtime.fault_points import in_a_drill, reached


class CommitPoints(faust.Sensor):
    """Lets a drill kill a worker before and after it commits."""

    def __init__(self, worker: str) -> None:
        super().__init__()
        self._worker = worker

    def on_commit_initiated(self, consumer: Any) -> Any:
        """The fault point before offsets are committed."""
        reached(self._worker, "commit.before")

    def on_commit_completed(self, consumer: Any, state: Any) -> None:
        """The fault point after the broker has the offsets."""
        reached(self._worker, "commit.after")


def add_commit_points(app: faust.App, worker: str) -> None:
    """Adds the sensor in a drill only, because Faust calls its sensors for every message."""
    if in_a_drill():
        app.sensors.add(CommitPoints(worker))
