"""What becomes of a campaign that is given again, paused or resumed; pure."""

from __future__ import annotations

from datetime import datetime

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign


def taken(given: Campaign, before: Campaign | None, now: datetime) -> Campaign:
    """The campaign as it is taken: it replaces the one before, keeps when that was first taken, and stays paused where
    that was: only `resumed` lets a paused one serve."""
    campaign = Campaign()
    campaign.CopyFrom(given)
    for field in ("created_at", "changed_by", "changed_why"):
        campaign.ClearField(field)
    campaign.created_at.FromDatetime(now)
    if before is None:
        return campaign
    if before.HasField("created_at"):
        campaign.created_at.CopyFrom(before.created_at)
    campaign.paused = given.paused or before.paused
    campaign.changed_by, campaign.changed_why = before.changed_by, before.changed_why
    return campaign


def changed(before: Campaign, paused: bool, by: str, why: str) -> Campaign:
    """The campaign, paused or resumed by somebody."""
    campaign = Campaign()
    campaign.CopyFrom(before)
    campaign.paused, campaign.changed_by, campaign.changed_why = paused, by, why
    return campaign
