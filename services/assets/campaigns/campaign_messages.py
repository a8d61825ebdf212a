"""Messages on `ad.campaigns`: a campaign as it is now, or a tombstone that says that it is gone; pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
from services.assets.campaigns.check_campaign import check_campaign
from services.assets.campaigns.terms import Terms, terms_of
from services.common.errors import Rejected
from services.common.topics import CAMPAIGNS
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_keyed
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Position, RawRecord, Record

SOURCE: Final = "campaigns"


@dataclass(frozen=True, slots=True)
class CampaignRead:
    """A campaign's new terms; without them it is gone."""

    campaign_id: str
    terms: Terms | None
    position: Position


def read_campaign(raw: RawRecord) -> CampaignRead | DeadLetter:
    """The campaign in a message, or its dead letter: no valid campaign, or a key that is not its id."""
    position = raw.position()
    found = decode_keyed(raw)
    if isinstance(found, DeadLetter):
        return found
    key, message = found
    if message is None:
        return CampaignRead(key, None, position)
    assert isinstance(message, Campaign)
    try:
        check_campaign(message)
    except Rejected as wrong:
        return dead_letter_of(raw, wrong.reason)
    if message.campaign_id != key:
        return dead_letter_of(raw, "invalid")
    return CampaignRead(key, terms_of(message, raw.timestamp_ms), position)


def record_of(campaign: Campaign, time: datetime) -> Record:
    """The message of a campaign; its event id is the same where the same campaign is sent again."""
    digest = hashlib.sha256(campaign.SerializeToString(deterministic=True)).hexdigest()[:32]
    return encode(campaign, event_id=digest, source=SOURCE, time=time, key=campaign.campaign_id.encode())


def tombstone_of(campaign_id: str) -> Record:
    """The message that the campaign is gone."""
    return Record(CAMPAIGNS, campaign_id.encode(), None, ())
