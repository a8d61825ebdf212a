"""Waiting in tests: as long as a busy machine needs, and never for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def wait_for(what: str, look: Callable[[], Any], within_s: float = 30, every_s: float = 0.1) -> Any:
    """The first truthy answer of `look`; fails naming what never came."""
    end = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < end, f"{what}: not within {within_s} s"
        time.sleep(every_s)
    return found
