"""Workers `profiles` of a test's own."""

from __future__ import annotations

import os
from pathlib import Path

from services.tools.drills.own_worker import OwnWorker
from services.tools.stack.session import RunningStack


def worker_of(shop: RunningStack, folder: Path, instance: str = "profiles-0") -> OwnWorker:
    """One that is not started yet."""
    return OwnWorker("profiles", instance, folder, {**os.environ, **shop.environ()})
