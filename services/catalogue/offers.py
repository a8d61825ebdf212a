"""All offers as of the newest messages on `ad.products`, with what has changed since a reader last looked.

A product of which no message was ever read has no offer here: the catalogue's file says all that is known of it.
"""

from __future__ import annotations

import heapq
import threading
from typing import Final

from services.catalogue.offer import Offer, Stated, why_ended
from services.catalogue.product_messages import NewestChanges
from services.common.revisions import Revisions
from services.wire.codec.envelope import Position


class Offers:
    """One thread applies messages; others ask, without waiting longer than for a few dictionary operations."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offers: dict[str, Offer | None] = {}  # by product; None: gone
        self._newest = NewestChanges()
        self._revisions = Revisions()
        self._due: list[tuple[int, str]] = []  # moments at which a sale begins or ends, and the product
        self._due_of: dict[str, int] = {}  # by product, its next moment: other entries of `_due` are stale

    def apply(self, product_id: str, offer: Offer | None, position: Position, now_ms: int) -> None:
        """The product is offered so from now on; None: it is gone. An earlier message than the last changes nothing."""
        with self._lock:
            if not self._newest.takes(product_id, position):
                return
            if product_id in self._offers and self._offers[product_id] == offer:
                return
            self._offers[product_id] = offer
            self._touch(product_id)
            self._expect_change(product_id, now_ms - _READERS_BEHIND_MS)

    def changed_since(self, revision: int, now_ms: int) -> tuple[int, list[str]]:
        """The newest revision, and the products whose offers or prices have changed since `revision`."""
        with self._lock:
            self._pass_due(now_ms)
            return self._revisions.newest, self._revisions.since(revision)

    def revision(self, now_ms: int) -> int:
        """The newest revision."""
        with self._lock:
            self._pass_due(now_ms)
            return self._revisions.newest

    def why_ended(self, product_id: str, stated: Stated, now_ms: int) -> str:
        """Why an ad of the product may not be shown; empty: it may (`offer.py`)."""
        if product_id not in self._offers:
            return ""
        return why_ended(self._offers[product_id], stated, now_ms)

    def product_type(self, product_id: str) -> str:
        """Its category; empty where it has none, is gone, or was never heard of."""
        offer = self._offers.get(product_id)
        return "" if offer is None else offer.product_type

    def _pass_due(self, now_ms: int) -> None:
        while self._due and self._due[0][0] <= now_ms:
            at, product_id = heapq.heappop(self._due)
            if self._due_of.get(product_id) == at:
                del self._due_of[product_id]
                self._touch(product_id)
                self._expect_change(product_id, now_ms)

    def _touch(self, product_id: str) -> None:
        self._revisions.touch(product_id)

    def _expect_change(self, product_id: str, now_ms: int) -> None:
        offer = self._offers[product_id]
        at = None if offer is None else offer.next_change_ms(now_ms)
        if at is None:
            self._due_of.pop(product_id, None)
        elif self._due_of.get(product_id) != at:
            self._due_of[product_id] = at
            heapq.heappush(self._due, (at, product_id))


_READERS_BEHIND_MS: Final = 60_000
"""A reader's `now` may be so far behind that of the applying thread: no moment between them may be missed."""
