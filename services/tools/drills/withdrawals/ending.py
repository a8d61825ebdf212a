"""Ends the ads of a group one after another while both replicas are asked, and watches until none is shown."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from protos.gen.adloom.events.v1.events_pb2 import Click
from services.assets.campaigns.kafka_campaigns import KafkaCampaignSink
from services.assets.campaigns.succession import changed
from services.assets.creative_messages import record_of as creative_record
from services.catalogue.ports import Change
from services.catalogue.product_messages import record_of as product_record
from services.common.clock import SystemClock
from services.common.errors import Unavailable
from services.runtime.grpc_channel import open_aio_channel
from services.sdk.producer import EventsClient, connect
from services.tools.drills.withdrawals.target import (
    CLICK_BUDGET,
    OF_PRODUCT,
    Kind,
    Target,
    campaign_of,
    creative_of,
    ending_record,
    format_of,
    group_of,
    product_of,
)
from services.tools.drills.withdrawals.two_replicas import Stage
from services.tools.drills.withdrawals.watch import Watch
from services.wire.kafka.producer import Producer, ProducerSettings

LANES: Final = 2  # groups at a time
SILENT_S: Final = 1.2  # longer than the promised second: an ad that comes back within it is seen
_SHOWN_WITHIN_S: Final = 60.0
_SILENT_WITHIN_S: Final = 15.0
_APART_S: Final = 0.06  # of two changes of a group, so that they fall between different looks of the replicas
_ENDS_IN_S: Final = 0.5  # the campaign's end, from when the marketer says it


@dataclass(slots=True)
class Shop:
    """Sends what ends ads as shops do: products by a producer, campaigns in transactions, clicks by the SDK."""

    products: Producer
    clicks: EventsClient
    campaigns: KafkaCampaignSink
    began: datetime  # when the campaigns were taken
    ends_ms: dict[str, float] = field(default_factory=dict)  # by campaign
    chance: random.Random = field(default_factory=random.Random)

    def prepare(self, groups: int) -> None:
        """Products, ads and campaigns of all groups; returns when the broker has them."""
        targets = [target for group in range(groups) for target in group_of(group)]
        for target in targets:
            product = product_of(target.product_id)
            self.products.send(product_record(Change(product.product_id, product), "first", self.began))
            creative = creative_of(target.creative_id, target.product_id, format_of(target.group), self.began)
            self.products.send(creative_record(creative, self.began))
        self.products.flush(60.0)
        self.campaigns.send([campaign_of(target, self.began) for target in targets if target.campaign_id])

    def end(self, target: Target, watch: Watch) -> None:
        """Does what ends the ad; blocks for as long as the broker takes."""
        if target.kind in OF_PRODUCT:
            self.products.send(ending_record(target, datetime.now(UTC)))
            self.products.flush(10.0)
        elif target.kind is Kind.CLICKS:
            self._click(watch)
        else:
            self._change_campaign(target)

    def _click(self, watch: Watch) -> None:
        tickets = [ticket for replica in watch.replicas for ticket in replica.tickets][:CLICK_BUDGET]
        for ticket in tickets:
            click = Click(user_id=ticket.user_id, product_id=ticket.product_id, impression_token=ticket.token)
            self.clicks.publish(click)
        self.clicks.flush(10.0)

    def _change_campaign(self, target: Target) -> None:
        campaign = campaign_of(target, self.began)
        if target.kind is Kind.PAUSED:
            self.campaigns.send([changed(campaign, True, "drill", "wrong picture")])
            return
        ends_at = datetime.now(UTC) + timedelta(seconds=_ENDS_IN_S)
        campaign.ends_at.FromDatetime(ends_at)
        self.ends_ms[target.campaign_id] = ends_at.timestamp() * 1000
        self.campaigns.send([campaign])


@contextmanager
def shop_of(stage: Stage, seed: int) -> Iterator[Shop]:
    """The shop's connections to the broker."""
    stack = stage.stack
    products = Producer(ProducerSettings(stack.kafka, "drill", linger_ms=0))
    try:
        with connect(stack.kafka, stack.state_dir.secrets, "drill") as clicks:
            sink = KafkaCampaignSink(stack.kafka, SystemClock())
            yield Shop(products, clicks, sink, datetime.now(UTC), chance=random.Random(seed))
    finally:
        products.close(5.0)


def ended(stage: Stage, shop: Shop, groups: int, per_s: float, report: Callable[[str], None]) -> list[Watch]:
    """Ends all ads of the groups, under `per_s` requests a second at each replica; what was seen of each group."""
    return asyncio.run(_ended(stage.addresses, shop, groups, per_s, report))


async def _ended(
    addresses: Sequence[str], shop: Shop, groups: int, per_s: float, report: Callable[[str], None]
) -> list[Watch]:
    async with AsyncExitStack() as stack:
        channels = [await stack.enter_async_context(open_aio_channel(address)) for address in addresses]
        stubs = [CreativeServiceStub(channel) for channel in channels]
        watches = [Watch(group, stubs, per_s / LANES) for group in range(groups)]
        waiting, changing = iter(watches), asyncio.Lock()

        async def lane() -> None:
            for watch in waiting:
                await _end_group(watch, shop, changing)
                if watch.targets[0].group % 20 == 19:
                    report(f"{watch.targets[0].group + 1} of {groups} groups of ads ended")

        await asyncio.gather(*(lane() for _ in range(LANES)))
        return watches


async def _end_group(watch: Watch, shop: Shop, changing: asyncio.Lock) -> None:
    """One group; `changing` keeps the lanes' transactions apart, since a later one would end an earlier one."""
    asking = asyncio.create_task(watch.ask())
    try:
        if not await _until(watch.all_shown, _SHOWN_WITHIN_S):
            raise Unavailable("creative", f"not every ad of group {watch.targets[0].group} was shown at the beginning")
        for target in shop.chance.sample(watch.targets, len(watch.targets)):
            async with changing:
                await asyncio.to_thread(shop.end, target, watch)
            await asyncio.sleep(_APART_S)
        await _until(lambda: watch.silent_s() >= SILENT_S, _SILENT_WITHIN_S)
    finally:
        watch.end()
        with suppress(asyncio.CancelledError):
            await asking


async def _until(holds: Callable[[], bool], within_s: float) -> bool:
    end = time.monotonic() + within_s
    while not holds() and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return holds()
