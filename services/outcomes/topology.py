"""The worker `outcomes`: `ad.impressions`, `ad.clicks`, `ad.orders`, `ad.renders` -> one state a shopper ->
`ad.outcomes`.

Key: user pseudonym. Order: of each topic-partition; outcomes do not depend on how topics interleave. Delivery: each
outcome at least once under its id. A replay is harmless: it changes no state and emits the same outcomes again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from services.common.consent import consent_of
from services.common.token import TokenKeys
from services.common.topics import CLICKS, IMPRESSIONS, ORDERS, RENDERS
from services.features.invalid_traffic import BURST_PER_MINUTE
from services.outcomes.processor import OutcomesProcessor
from services.runtime.health import Readiness
from services.wire.faust.app import WorkerSettings
from services.wire.faust.worker import Worker

NAME = "outcomes"
TOPICS = (IMPRESSIONS, CLICKS, ORDERS, RENDERS)


def build(
    settings: WorkerSettings,
    keys: Callable[[], TokenKeys],
    window: timedelta,
    readiness: Readiness,
    burst: int = BURST_PER_MINUTE,
) -> Worker:
    """The worker, wired and not started; `keys` returns the current token keys, `window` is the attribution window."""
    processor = OutcomesProcessor(keys, window // timedelta(milliseconds=1), burst, consent_of(settings.consent))
    return Worker(NAME, settings, TOPICS, processor, readiness)
