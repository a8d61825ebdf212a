"""The plan of the drill `exactness`: how much is sent, and which process is killed at which critical point."""

from __future__ import annotations

from dataclasses import dataclass

from services.tools.drills.exactness.killing import Kill
from services.tools.drills.traffic.traffic import Shape


@dataclass(frozen=True, slots=True)
class Plan:
    """The traffic, and the kills in three phases."""

    shape: Shape
    per_s: float  # messages
    window_s: float  # of attribution
    kills: tuple[Kill, ...]  # one after another, during traffic
    on_last_events: tuple[Kill, ...]  # each on the last event of a shopper
    closing: tuple[tuple[Kill, ...], ...]  # in groups, without traffic, while windows close
    back_within_s: float


LONG = Plan(
    Shape(),
    per_s=2_000.0,
    window_s=15.0,
    kills=(
        *(Kill("profiles", point, 1) for point in ("table.before", "table.between", "table.after")),
        *(
            Kill("outcomes", point, 1)
            for point in ("emission.before", "emission.after", "table.between", "table.after")
        ),
        *(Kill("evaluation", point, 1) for point in ("emission.after", "store.before", "store.between", "store.after")),
        *(Kill("profiles", point, 1) for point in ("feast.before", "feast.after", "commit.before", "commit.after")),
        *(Kill("outcomes", point, 1) for point in ("commit.before", "commit.after")),
        *(Kill(name) for name in ("profiles", "outcomes", "evaluation", "profiles", "outcomes", "kafka", "redis")),
    ),
    on_last_events=(
        *(Kill("profiles", point) for point in ("table.after", "feast.before", "table.between", "commit.before")),
        *(Kill("outcomes", point) for point in ("table.after", "emission.after")),
        Kill("evaluation", "store.between"),
    ),
    closing=(
        (Kill("outcomes", "emission.before"),),
        (Kill("outcomes", "table.between"), Kill("evaluation", "noted")),
        (Kill("outcomes", "emission.after"), Kill("evaluation", "emission.before")),
    ),
    back_within_s=5.0,
)
SHORT = Plan(
    Shape(events=3_000, users=150, burst=20),
    per_s=600.0,
    window_s=3.0,
    kills=(Kill("outcomes", "table.after"), Kill("evaluation", "store.between"), Kill("redis"), Kill("kafka")),
    on_last_events=(),
    closing=((Kill("profiles", "feast.before"), Kill("outcomes", "emission.before")),),
    back_within_s=60.0,  # generous: the machine that runs the tests has other load
)
