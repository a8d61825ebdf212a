"""Drill `withdrawals`: ads end within a second at both replicas, and budgets hold though one of them is killed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.tools.drills.drill import Drill, Mutation, Outcome, Promise, Setting

if TYPE_CHECKING:
    from services.tools.drills.withdrawals.ending import Shop
    from services.tools.drills.withdrawals.spending import Budgets
    from services.tools.drills.withdrawals.two_replicas import Stage


@dataclass(frozen=True, slots=True)
class Plan:
    """The load and the counts."""

    per_s: float  # requests, at each replica
    groups: int  # of six ads, one for each way to end
    budgets: tuple[int, ...]  # impressions
    decisions: int  # while budgets are spent
    most_s: float  # for that


LONG: Final = Plan(per_s=50.0, groups=100, budgets=(30_000, 20_000, 10_000), decisions=102_000, most_s=300.0)
SHORT: Final = Plan(per_s=30.0, groups=10, budgets=(60, 40, 20), decisions=5_000, most_s=40.0)


def run(setting: Setting) -> Outcome:
    """Ends ads in six ways under load, then spends budgets while a replica is killed."""
    from services.tools.drills.withdrawals.ending import shop_of
    from services.tools.drills.withdrawals.spending import Budgets, prepare
    from services.tools.drills.withdrawals.two_replicas import staged

    plan = SHORT if setting.short else LONG
    budgets = Budgets(plan.budgets, plan.decisions, plan.most_s)
    with staged(setting) as stage, shop_of(stage, setting.seed) as shop:
        shop.prepare(plan.groups)
        prepare(shop, budgets, shop.began)
        promises = []
        for part in (_endings(setting, stage, shop, plan), _budgets(setting, stage, budgets)):
            for promise in part:  # shown as soon as they are known: the long form takes minutes
                promises.append(promise)
                setting.report(f"{promise.text}: {promise.happened}")
    return Outcome(_injected(plan), tuple(promises))


def _endings(setting: Setting, stage: Stage, shop: Shop, plan: Plan) -> Iterator[Promise]:
    from services.tools.drills.withdrawals.appended import endings
    from services.tools.drills.withdrawals.delays import promise_of
    from services.tools.drills.withdrawals.ending import ended

    watches = ended(stage, shop, plan.groups, plan.per_s, setting.report)
    found = endings(stage.stack.kafka, shop.ends_ms, watches)
    yield from (promise_of(kind, by_replica, plan.groups) for kind, by_replica in found.items())


def _budgets(setting: Setting, stage: Stage, budgets: Budgets) -> Iterator[Promise]:
    from services.tools.drills.waiting import until
    from services.tools.drills.withdrawals.spending import spend
    from services.tools.drills.withdrawals.spent import promises, recorded

    began = time.monotonic()
    load = spend(stage, budgets, setting.report)
    setting.report(f"{load.answered.total():,} decisions in {time.monotonic() - began:.0f} s")
    until("Kafka has all records", lambda: not any(one.has_records_left() for one in stage.replicas))
    yield from promises(recorded(stage.stack.kafka), budgets, load)


def _injected(plan: Plan) -> tuple[str, ...]:
    return (
        f"{plan.groups} ads for each way to end, while each of two replicas is asked {plan.per_s:.0f} times a second "
        "for all ads that may be served",
        f"budgets of {', '.join(f'{budget:,}' for budget in plan.budgets)} impressions, spent by both replicas as fast "
        "as they answer, one of them killed (SIGKILL) at half of it and started again",
    )


DRILL = Drill(
    "withdrawals",
    "ads end within a second of price, stock, product, pause, end and click budget at both replicas; a kill overruns "
    "no budget",
    run,
    (
        Mutation(
            "prompt-looks",
            "services/creative/candidates/increments.py",
            "_PERIOD_S: Final = 0.02",
            "_PERIOD_S: Final = 60.0",
        ),
        Mutation(
            "bounded-grants",
            "services/assets/campaigns/spending/redis_counters.py",
            "local more = math.max(math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - tonumber(granted)), 0)",
            "local more = tonumber(ARGV[1])",
        ),
    ),
)
