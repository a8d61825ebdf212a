"""Visits played in simulated time against an ad server and a sink without a stack."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import events_pb2 as events
from services.assets.demo import demo_creatives
from services.catalogue.catalogue import demo_catalogue
from services.common.clock import FixedClock
from services.common.pseudonym import PseudonymKey, is_pseudonym
from services.simulator.crowd import Crowd
from services.simulator.dry_ad_server import DryAdServer
from services.simulator.emit import Emitter
from services.simulator.shoppers import Step, Truth, Visit
from services.simulator.shopping import Shopping, World
from services.simulator.token_bucket import TokenBucket
from services.wire.codec.decode import decode
from services.wire.codec.memory_sink import MemorySink

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
BAG = demo_catalogue().product("bag-tote")


@dataclass
class Stage:
    """A world in which time passes only by sleeping, and what happened in it."""

    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    happened: list[tuple[datetime, str, Message]] = field(default_factory=list)
    ads: DryAdServer = field(
        default_factory=lambda: DryAdServer(demo_creatives(demo_catalogue()), np.random.default_rng(5))
    )
    truth: Truth = field(default_factory=lambda: Truth(7))

    async def sleep(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def emit(self, user_id: str, message: Message) -> None:
        self.happened.append((self.clock.now(), user_id, message))

    def shopping(self, decisions_per_s: float = 1e6) -> Shopping:
        world = World(self.truth, demo_catalogue(), self.emit, self.ads, lambda _: {}, self.clock, self.sleep)
        return Shopping(world, "r", TokenBucket(decisions_per_s, self.clock.monotonic()))


def visit(stage: Stage, pages: int, number: int = 3) -> Visit:
    step = Step("view", BAG, 2.0, "bag", 900, ad_placement="product-side")
    return Visit(stage.truth.shopper(number), NOON, "phone", (step,) * pages)


def play(stage: Stage, visit: Visit, skip_s: float = 0.0) -> None:
    asyncio.run(stage.shopping().play(visit, np.random.default_rng(1), skip_s))


def test_each_page_view_is_followed_by_an_ad_request() -> None:
    stage = Stage()
    stage.ads.silent = True
    play(stage, visit(stage, pages=3))
    assert [type(message).__name__ for _, _, message in stage.happened] == ["View"] * 3
    assert [request.request_id for request in stage.ads.requests] == ["r-0", "r-1", "r-2"]
    request = stage.ads.requests[0]
    assert (request.user_id, request.device, request.query) == ("shopper-000003", "phone", "bag")
    assert [(at - NOON).total_seconds() for at, _, _ in stage.happened] == [2.0, 4.5, 7.0]


def test_a_visit_can_be_played_from_the_middle() -> None:
    stage = Stage()
    stage.ads.silent = True
    play(stage, visit(stage, pages=5), skip_s=5.0)
    assert [(at - NOON).total_seconds() for at, _, _ in stage.happened] == [1.0, 3.5, 6.0]


def test_ads_for_goods_of_another_feed_are_looked_past() -> None:
    stage = Stage()
    foreign = [replace(creative, product_id="of-another-feed") for creative in demo_creatives(demo_catalogue())]
    stage.ads = DryAdServer(foreign, np.random.default_rng(5))
    play(stage, visit(stage, pages=3))
    assert [type(message).__name__ for _, _, message in stage.happened] == ["View"] * 3
    assert len(stage.ads.requests) == 3


def test_a_leaving_shopper_opens_no_page_but_finishes_the_current_ad() -> None:
    stage = Stage()
    shopping = stage.shopping()
    visit_ = visit(stage, pages=50)

    async def leave_after_the_first_page() -> None:
        playing = asyncio.create_task(shopping.play(visit_, np.random.default_rng(1)))
        while not stage.happened:
            await asyncio.sleep(0)
        shopping.leave()
        await playing

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0)
        stage.clock.advance(timedelta(seconds=seconds))

    stage.sleep = sleep  # type: ignore[method-assign]
    shopping = stage.shopping()
    asyncio.run(leave_after_the_first_page())
    views = [message.product_id for _, _, message in stage.happened if isinstance(message, events.View)]
    assert views.count(BAG.product_id) == 1  # what the ad's click leads to is another page
    assert len(stage.ads.requests) == 1


def test_clicks_on_ads_and_the_orders_after_them_carry_the_ads_token() -> None:
    stage = Stage()
    shopping = stage.shopping()
    for number in range(60):
        asyncio.run(shopping.play(visit(stage, pages=20, number=number), np.random.default_rng(number)))
    messages = [message for _, _, message in stage.happened]
    clicks = [message for message in messages if isinstance(message, events.Click)]
    orders = [message for message in messages if isinstance(message, events.Order)]
    assert len(clicks) > 20
    assert all(click.impression_token.startswith("token-r-") for click in clicks)
    assert orders
    assert all(order.impression_token.startswith("token-r-") for order in orders)
    assert len({click.impression_token for click in clicks}) == len(clicks)


def test_a_shopper_who_sees_no_ad_clicks_none() -> None:
    stage = Stage()
    stage.ads.silent = True
    for number in range(40):
        play(stage, visit(stage, pages=20, number=number))
    assert not any(isinstance(message, events.Click) for _, _, message in stage.happened)


def test_ad_requests_do_not_exceed_the_wanted_rate() -> None:
    stage = Stage()
    stage.ads.silent = True
    shopping = stage.shopping(decisions_per_s=0.1)
    asyncio.run(shopping.play(visit(stage, pages=100), np.random.default_rng(1)))
    seconds = (stage.clock.now() - NOON).total_seconds()
    assert 0.1 * seconds - 1 <= len(stage.ads.requests) <= 0.1 * seconds + 1


def test_same_seed_gives_the_same_visits() -> None:
    def visits(seed: int) -> list[tuple[int, str, tuple[Step, ...]]]:
        crowd = Crowd(Truth(7), demo_catalogue(), shoppers=50, seed=seed)
        return [(p.visit.shopper.number, p.visit.device, p.visit.steps) for p in (crowd.visit(NOON) for _ in range(20))]

    assert visits(1) == visits(1)
    assert visits(1) != visits(2)


def test_visits_under_way_make_the_rate_steady_from_the_start() -> None:
    crowd = Crowd(Truth(7), demo_catalogue(), shoppers=500, seed=1)
    rate = 40.0 / crowd.events_a_visit(NOON)
    first_seconds = 0
    for plan in crowd.under_way(NOON, rate):
        ends = np.cumsum([step.wait_s for step in plan.visit.steps])
        first_seconds += int(((ends > plan.skip_s) & (ends <= plan.skip_s + 5.0)).sum())
    assert 0.6 * 40 * 5 < first_seconds < 1.2 * 40 * 5


def test_events_are_wire_records_under_a_pseudonym() -> None:
    clock = FixedClock(NOON)
    sink = MemorySink(clock)
    emit = Emitter(sink, PseudonymKey(1, b"k" * 32), "r", clock)
    emit("shopper-000001", events.View(product_id="bag-tote"))
    emit("shopper-000001", events.Click(product_id="bag-tote"))
    view, click = decode(sink.read("ad.views")[0]), decode(sink.read("ad.clicks")[0])
    assert (view.event_id, click.event_id, view.source, view.time) == ("r-0", "r-1", "simulator", NOON)
    assert is_pseudonym(view.key.decode())
    assert view.key == click.key
    assert view.message.user_id == view.key.decode()  # type: ignore[attr-defined]
