"""Refreshes the default profiles of shoppers without a profile from Feast, periodically."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from services.common.errors import Unavailable

_LOG = logging.getLogger(__name__)


async def keep_defaults_fresh(refresh: Callable[[], None], every_s: float) -> None:
    """Calls the blocking `refresh` every `every_s` until cancelled; while the store is down the old defaults stay."""
    while True:
        try:
            await asyncio.to_thread(refresh)
        except Unavailable as lost:
            _LOG.warning("The segments' default profiles stay as they are: %s", lost)
        await asyncio.sleep(every_s)
