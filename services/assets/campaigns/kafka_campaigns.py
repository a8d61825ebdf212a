"""Campaigns on `ad.campaigns`: followed, and sent all or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
from services.assets.campaigns.campaign_messages import read_campaign, record_of, tombstone_of
from services.assets.campaigns.campaign_table import CampaignTable
from services.common.clock import Clock
from services.common.topics import CAMPAIGNS
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord, Record
from services.wire.kafka.compacted import CompactedFollower, Refusing
from services.wire.kafka.producer import ProducerSettings
from services.wire.kafka.transaction import send_all

_NAME: Final = "adloom-campaigns"


class KafkaCampaigns(Refusing):
    """Holds the newest campaigns in `table`; `refuse`, where it is set, takes the dead letters."""

    def __init__(self, bootstrap: str) -> None:
        self.table = CampaignTable()
        self.follower = CompactedFollower(bootstrap, CAMPAIGNS, self.apply)

    def apply(self, raw: RawRecord) -> None:
        """Applies one message of the topic."""
        found = read_campaign(raw)
        if isinstance(found, DeadLetter):
            self.bury(found)
        else:
            self.table.apply(found)

    def is_whole(self) -> bool:
        """Whether the topic was read up to its end as of the start."""
        return self.follower.caught_up.is_set()


class KafkaCampaignSink:
    """Puts campaigns on the broker."""

    def __init__(self, bootstrap: str, clock: Clock) -> None:
        self._bootstrap = bootstrap
        self._clock = clock

    def send(self, campaigns: Sequence[Campaign]) -> None:
        """Takes all or none; may block, raises `Unavailable`, then perhaps all were taken: it is safe to repeat."""
        now = self._clock.now()
        self._send(record_of(one, now) for one in campaigns)

    def delete(self, campaign_id: str) -> None:
        """The campaign is gone; may block, raises `Unavailable`: it is safe to repeat."""
        self._send(iter([tombstone_of(campaign_id)]))

    def _send(self, records: Iterator[Record]) -> None:
        send_all(ProducerSettings(self._bootstrap, "campaigns"), _NAME, records)
