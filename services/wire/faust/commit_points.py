"""Where Faust commits, for drills: its sensors are told before and after."""

from __future__ import annotations

from typing import Any

import faust

from services.runtime.fault_points import in_a_drill, reached


class CommitPoints(faust.Sensor):
    """A worker may be killed before and after it commits."""

    def __init__(self, worker: str) -> None:
        super().__init__()
        self._worker = worker

    def on_commit_initiated(self, consumer: Any) -> Any:
        """Before offsets are committed, if there are any."""
        reached(self._worker, "commit.before")

    def on_commit_completed(self, consumer: Any, state: Any) -> None:
        """The broker has them."""
        reached(self._worker, "commit.after")


def add_commit_points(app: faust.App, worker: str) -> None:
    """Only in a drill: Faust asks its sensors about every message, which would cost something."""
    if in_a_drill():
        app.sensors.add(CommitPoints(worker))
