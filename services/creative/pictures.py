"""Reads the pictures of creatives and caches the most recently used ones, keyed by content hash.

A picture that cannot be read is a fault of this service and must not leave the page empty. The answer then refers to
the picture by URI and lists `assets` as degraded.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from services.assets.creative import Creative
from services.assets.library import Library
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.creative.selection import Selection

_LOG = logging.getLogger(__name__)


class Pictures:
    """An LRU cache of up to `most` pictures; reading a file of 20 KiB takes well under a millisecond."""

    def __init__(self, library: Library, most: int = 512) -> None:
        self._library = library
        self._most = most
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def __call__(self, creative: Creative) -> bytes:
        """The creative's PNG; raises `Unavailable("assets")` if it cannot be read."""
        found = self._kept.get(creative.image_sha256)
        if found is None:
            found = self._kept[creative.image_sha256] = self._library.picture(creative)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(creative.image_sha256)
        return found

    def drawn(self, chosen: Sequence[Selection]) -> list[Selection]:
        """The selections with their pictures; one whose picture cannot be read comes without it, marked as degraded."""
        return [self._drawn(selection) for selection in chosen]

    def _drawn(self, selection: Selection) -> Selection:
        try:
            return replace(selection, png=self(selection.creative))
        except Unavailable as lost:
            METRICS.degraded.labels(lost.part).inc()
            _LOG.error("A picture goes out as a reference: %s", lost)
            return replace(selection, degraded=(*selection.degraded, lost.part))
