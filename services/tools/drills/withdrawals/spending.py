"""Spends the budgets of campaigns at both replicas as fast as they answer, while one is killed and started again."""

from __future__ import annotations

import asyncio
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import grpc

from protos.gen.adloom.campaigns.v1.campaign_pb2 import PACING_ASAP, Campaign
from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.assets.creative_messages import record_of as creative_record
from services.catalogue.ports import Change
from services.catalogue.product_messages import record_of as product_record
from services.runtime.grpc_channel import open_aio_channel
from services.tools.drills.waiting import until
from services.tools.drills.withdrawals.ending import Shop
from services.tools.drills.withdrawals.target import creative_of, product_of
from services.tools.drills.withdrawals.two_replicas import Stage

FORMAT: Final = "990x90"
ADS_OF_EACH: Final = 2  # of each campaign,
FREE_ADS: Final = 4  # and of none
_COUNT: Final = 8  # selections of a request
_CALLERS: Final = 6  # of each replica
_DEADLINE_S: Final = 1.0
_AGAIN_S: Final = 0.1  # after a request that was not answered
_SPENT_AFTER_S: Final = 3.0  # without a selection of any campaign: replicas lease every .2 s, so nothing is left
_CHANNEL: Final = (("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500))


@dataclass(frozen=True, slots=True)
class Budgets:
    """How much is spent."""

    impressions: tuple[int, ...]  # of each campaign
    decisions: int  # at least so many are made
    most_s: float  # then it ends in any case, and the promises say what is lacking

    @property
    def by_campaign(self) -> dict[str, int]:
        """The budgets by campaign."""
        return {f"k-budget-{number}": budget for number, budget in enumerate(self.impressions)}


@dataclass(slots=True)
class Load:
    """Callers that send a request as soon as the last was answered, in a thread of their own."""

    addresses: Sequence[str]
    answered: Counter[str] = field(default_factory=Counter)  # selections by campaign, "" for those of none
    by_replica: Counter[str] = field(default_factory=Counter)  # selections by address
    lost: Counter[str] = field(default_factory=Counter)  # requests by status
    spent_at: float = field(default_factory=time.monotonic)  # the last selection of a campaign
    ending: threading.Event = field(default_factory=threading.Event)

    @property
    def spent(self) -> int:
        """Selections of campaigns."""
        return sum(count for name, count in self.answered.items() if name)

    def run(self) -> None:
        """Sends requests until `ending`."""
        asyncio.run(self._all())

    async def _all(self) -> None:
        await asyncio.gather(*(self._caller(address) for address in self.addresses for _ in range(_CALLERS)))

    async def _caller(self, address: str) -> None:
        async with open_aio_channel(address, _CHANNEL) as channel:
            stub = CreativeServiceStub(channel)
            while not self.ending.is_set():
                try:
                    answer = await stub.SelectCreatives(_request(), timeout=_DEADLINE_S)
                except grpc.aio.AioRpcError as error:
                    self.lost[error.code().name] += 1
                    await asyncio.sleep(_AGAIN_S)
                    continue
                self._count(address, answer)

    def _count(self, address: str, answer: pb.SelectCreativesResponse) -> None:
        self.by_replica[address] += len(answer.selections)
        for chosen in answer.selections:
            self.answered[chosen.campaign_id] += 1
            if chosen.campaign_id:
                self.spent_at = time.monotonic()


def prepare(shop: Shop, budgets: Budgets, now: datetime) -> None:
    """The campaigns with their ads, and ads of none; returns when the broker has them."""
    names = [f"{name}-{ad}" for name in budgets.by_campaign for ad in range(ADS_OF_EACH)]
    names += [f"free-{ad}" for ad in range(FREE_ADS)]
    for name in names:
        product = product_of(f"p-{name}")
        shop.products.send(product_record(Change(product.product_id, product), "first", now))
        shop.products.send(creative_record(creative_of(f"c-{name}", product.product_id, FORMAT, now), now))
    shop.products.flush(60.0)
    shop.campaigns.send([_campaign(name, budget, now) for name, budget in budgets.by_campaign.items()])


def spend(stage: Stage, budgets: Budgets, report: Callable[[str], None]) -> Load:
    """Spends all; the second replica is killed when half is spent, and takes part again afterwards."""
    killed = stage.replicas[1]
    end = time.monotonic() + budgets.most_s
    with _loaded(stage.addresses) as load:
        half = sum(budgets.impressions) // 2
        until("half of the budgets is spent", lambda: load.spent >= half, budgets.most_s)
        killed.end()
        report(f"replica 1 killed after {load.spent:,} impressions of campaigns")
        killed.start()
        stage.await_ready(killed)
        report(f"replica 1 is back after {load.spent:,} impressions of campaigns")
        while time.monotonic() < end and not _is_done(load, budgets):
            time.sleep(0.1)
    return load


def _is_done(load: Load, budgets: Budgets) -> bool:
    return load.answered.total() >= budgets.decisions and time.monotonic() - load.spent_at > _SPENT_AFTER_S


def _campaign(name: str, budget: int, now: datetime) -> Campaign:
    products = [f"p-{name}-{ad}" for ad in range(ADS_OF_EACH)]
    campaign = Campaign(campaign_id=name, product_ids=products, impression_budget=budget, pacing=PACING_ASAP)
    campaign.created_at.FromDatetime(now)
    return campaign


def _request() -> pb.SelectCreativesRequest:
    placement = pb.Placement(placement_id="top", format=FORMAT, count=_COUNT)
    return pb.SelectCreativesRequest(user_id=uuid.uuid4().hex, placements=[placement])


@contextmanager
def _loaded(addresses: Sequence[str]) -> Iterator[Load]:
    load = Load(addresses)
    thread = threading.Thread(target=load.run, name="load", daemon=True)
    thread.start()
    try:
        yield load
    finally:
        load.ending.set()
        thread.join(30)
