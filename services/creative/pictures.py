"""Reads the pictures of creatives and caches the most recently used ones, keyed by content hash.

A picture that cannot be read in time is a fault of this service and must not leave the page empty. The answer then
refers to the picture by URI and lists `assets` as degraded.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.assets.creative import Creative
from services.assets.library import Library
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.creative.selection import Selection

_LOG = logging.getLogger(__name__)
_LEAST_S: Final = 0.005  # of a disk, where the choice has used up the request's time; part of the reserve


class Pictures:
    """An LRU cache of up to `most` pictures, as PNG; belongs to one event loop."""

    def __init__(self, library: Library, most: int = 512) -> None:
        self._library = library
        self._most = most
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._reading: dict[str, asyncio.Task[bytes]] = {}

    async def of(self, creative: Creative) -> bytes:
        """The creative's PNG; raises `Unavailable("assets")` if it cannot be read."""
        sha256 = creative.image_sha256
        if sha256 in self._kept:
            self._kept.move_to_end(sha256)
            return self._kept[sha256]
        reading = self._reading.get(sha256)
        if reading is None:
            reading = self._reading[sha256] = asyncio.create_task(self._read(creative))
            reading.add_done_callback(lambda done: done.cancelled() or done.exception())  # who asked may have left
        return await asyncio.shield(reading)

    async def drawn(self, chosen: Sequence[Selection], within_s: float) -> list[Selection]:
        """The selections with their pictures; one that is not read in time comes without it, marked as degraded."""
        return list(await asyncio.gather(*(self._drawn(selection, max(within_s, _LEAST_S)) for selection in chosen)))

    async def _drawn(self, selection: Selection, within_s: float) -> Selection:
        try:
            async with asyncio.timeout(within_s):
                return replace(selection, png=await self.of(selection.creative))
        except (Unavailable, TimeoutError) as lost:
            METRICS.degraded.labels("assets").inc()
            _LOG.error("A picture goes out as a reference: %s", str(lost) or f"not read within {within_s:.3f} s")
            return replace(selection, degraded=(*selection.degraded, "assets"))

    async def _read(self, creative: Creative) -> bytes:
        try:
            png = await asyncio.to_thread(self._library.png, creative)
        finally:
            del self._reading[creative.image_sha256]
        self._kept[creative.image_sha256] = png
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return png
