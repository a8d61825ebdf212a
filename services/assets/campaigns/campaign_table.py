"""All campaigns as of the newest messages on `ad.campaigns`, with what has changed since a reader last looked."""

from __future__ import annotations

import threading

from services.assets.campaigns.campaign_messages import CampaignRead
from services.assets.campaigns.terms import Terms
from services.catalogue.product_messages import NewestChanges
from services.common.revisions import Revisions


class CampaignTable:
    """One thread applies messages; others ask, without waiting longer than for a few dictionary operations."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._terms: dict[str, Terms] = {}
        self._newest = NewestChanges()
        self._revisions = Revisions()

    def apply(self, read: CampaignRead) -> None:
        """The campaign is so from now on; an earlier message than the last changes nothing."""
        with self._lock:
            if not self._newest.takes(read.campaign_id, read.position):
                return
            if read.terms is None:
                self._terms.pop(read.campaign_id, None)
            else:
                self._terms[read.campaign_id] = read.terms
            self._revisions.touch(read.campaign_id)

    def changed_since(self, revision: int) -> tuple[int, dict[str, Terms | None]]:
        """The newest revision, and the campaigns that have changed since `revision`; None: gone."""
        if revision == self._revisions.newest:  # asked by every request: without the lock
            return revision, {}
        with self._lock:
            changed = self._revisions.since(revision)
            return self._revisions.newest, {campaign_id: self._terms.get(campaign_id) for campaign_id in changed}

    def get(self, campaign_id: str) -> Terms | None:
        """The campaign; None where there is none."""
        return self._terms.get(campaign_id)

    def all(self) -> list[Terms]:
        """All campaigns, in the order of their ids."""
        with self._lock:
            return [self._terms[campaign_id] for campaign_id in sorted(self._terms)]
