"""A CampaignServicer with its topic and counters in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
from services.assets.campaigns.campaign_messages import read_campaign, record_of, tombstone_of
from services.assets.campaigns.campaign_table import CampaignTable
from services.assets.campaigns.ports import Counts
from services.common.clock import Clock, FixedClock
from services.events.campaign_servicer import CampaignServicer, Shop
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import Record
from services.wire.codec.memory_sink import MemorySink

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


class MemoryCampaigns:
    """The topic, its follower and what was spent: `sent` has each call's campaigns."""

    def __init__(self, clock: Clock) -> None:
        self.table = CampaignTable()
        self.sent: list[list[Campaign]] = []
        self.spent: dict[str, Counts] = {}
        self._sink = MemorySink(clock)
        self._clock = clock

    def send(self, campaigns: Sequence[Campaign]) -> None:
        self.sent.append(list(campaigns))
        self._send(record_of(campaign, self._clock.now()) for campaign in campaigns)

    def delete(self, campaign_id: str) -> None:
        self._send([tombstone_of(campaign_id)])

    def _send(self, records: Iterable[Record]) -> None:
        for record in records:
            self._sink.send(record, lambda delivery: None)
        for raw in self._sink.read("ad.campaigns"):
            read = read_campaign(raw)
            assert not isinstance(read, DeadLetter)
            self.table.apply(read)

    def counts(self, counters: Sequence[str]) -> Mapping[str, Counts]:
        return {counter: self.spent[counter] for counter in counters if counter in self.spent}

    def forget(self, counter: str) -> None:
        del self.spent[counter]


def campaign_servicer(
    campaigns: MemoryCampaigns, clock: FixedClock, has_product: Callable[[str], bool] = lambda product_id: True
) -> CampaignServicer:
    """The servicer on them."""
    return CampaignServicer(Shop(campaigns.table, has_product, lambda: True), campaigns, campaigns, clock)


def no_campaigns() -> CampaignServicer:
    """For tests of the other services."""
    clock = FixedClock(_NOW)
    return campaign_servicer(MemoryCampaigns(clock), clock)
