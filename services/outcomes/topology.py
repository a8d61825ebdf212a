"""The worker `outcomes`: `ad.impressions`, `ad.clicks`, `ad.orders` -> one state a shopper -> `ad.outcomes`.

Key: user pseudonym. Order: of each topic-partition; outcomes do not depend on how topics interleave. Delivery: each
outcome at least once under its id. A replay is harmless: it changes no state and says the same outcomes again.
"""

from __future__ import annotations

from datetime import timedelta

from services.common.health import Readiness
from services.common.token import TokenKeys
from services.common.topics import CLICKS, IMPRESSIONS, ORDERS
from services.outcomes.room import OutcomesRoom
from services.wire.faust_app import WorkerSettings
from services.wire.faust_worker import Worker

NAME = "outcomes"
TOPICS = (IMPRESSIONS, CLICKS, ORDERS)


def build(settings: WorkerSettings, keys: TokenKeys, window: timedelta, readiness: Readiness) -> Worker:
    """The worker, wired and not started; `window` is the attribution window."""
    room = OutcomesRoom(keys, window // timedelta(milliseconds=1))
    return Worker(NAME, settings, TOPICS, room, readiness)
