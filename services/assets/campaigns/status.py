"""What a campaign is doing now; pure."""

from __future__ import annotations

from services.assets.campaigns.ports import Counts
from services.assets.campaigns.terms import Terms

RUNNING, PAUSED, NOT_BEGUN, ENDED, SPENT = "running", "paused", "not_begun", "ended", "spent"

NOTHING = Counts(0, 0, 0)


def status_of(terms: Terms, counts: Counts, now_ms: int) -> str:
    """`ended`, `spent`, `paused`, `not_begun` or `running`: the first that it is."""
    if terms.ends_ms is not None and now_ms >= terms.ends_ms:
        return ENDED
    if _is_reached(counts.impressions, terms.impression_budget) or _is_reached(counts.clicks, terms.click_budget):
        return SPENT
    if terms.campaign.paused:
        return PAUSED
    return NOT_BEGUN if now_ms < terms.begins_ms else RUNNING


def _is_reached(spent: int, budget: int | None) -> bool:
    return budget is not None and spent >= budget
