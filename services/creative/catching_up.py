"""Waits at start until what this process follows is in its memory: by progress, not by a clock.

The more creatives a shop has, the longer it takes; as long as something moves, it is waited for. Where nothing does,
because a broker is away, requests are answered by what there is: the prior, and the house creative (law 1).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Final

from services.creative.candidates.increments import Increments
from services.runtime.health import Readiness
from services.wire.kafka.compacted import CompactedFollower

_LOG = logging.getLogger(__name__)
_LOOK_S: Final = 0.05
_SAY_S: Final = 5.0


def catch_up(
    followers: Sequence[CompactedFollower], increments: Increments, readiness: Readiness, patience_s: float
) -> None:
    """Returns once all is read and indexed, or when nothing has moved for `patience_s`."""
    before, moved_at, said_at = (-1, -1), time.monotonic(), time.monotonic()
    while not (all(follower.caught_up.is_set() for follower in followers) and increments.is_current()):
        now, done = time.monotonic(), (sum(follower.applied for follower in followers), increments.done())
        if done != before:
            before, moved_at = done, now
            readiness.progress()
        elif now - moved_at > patience_s:
            _LOG.warning("Serves with what was read until now: %d messages, %d of them indexed", *done)
            return
        if now - said_at > _SAY_S:
            said_at = now
            _LOG.info("Read %d messages, looked at %d products and creatives, %d wait", *done, increments.waiting())
        time.sleep(_LOOK_S)
