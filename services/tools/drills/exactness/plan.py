"""The plan of the drill `exactness`: how much is sent, and who is killed at which of the places where it hurts."""

from __future__ import annotations

from dataclasses import dataclass

from services.tools.drills.exactness.killing import Kill
from services.tools.drills.traffic.traffic import Shape


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent, and who is killed when."""

    shape: Shape
    per_s: float  # messages
    window_s: float  # of attribution
    kills: tuple[Kill, ...]  # one after another, while messages come
    last_words: tuple[Kill, ...]  # each on a shopper's last event
    closing: tuple[tuple[Kill, ...], ...]  # together, when nothing comes but windows close
    back_within_s: float


LONG = Plan(
    Shape(),
    per_s=2_000.0,
    window_s=15.0,
    kills=(
        *(Kill("profiles", place, 1) for place in ("table.before", "table.between", "table.after")),
        *(
            Kill("outcomes", place, 1)
            for place in ("emission.before", "emission.after", "table.between", "table.after")
        ),
        *(
            Kill("evaluation", place, 1)
            for place in ("emission.after", "ledger.before", "ledger.between", "ledger.after")
        ),
        *(Kill("profiles", place, 1) for place in ("feast.before", "feast.after", "commit.before", "commit.after")),
        *(Kill("outcomes", place, 1) for place in ("commit.before", "commit.after")),
        *(Kill(name) for name in ("profiles", "outcomes", "evaluation", "profiles", "outcomes", "kafka", "redis")),
    ),
    last_words=(
        *(Kill("profiles", place) for place in ("table.after", "feast.before", "table.between", "commit.before")),
        *(Kill("outcomes", place) for place in ("table.after", "emission.after")),
        Kill("evaluation", "ledger.between"),
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
    kills=(Kill("outcomes", "table.after"), Kill("evaluation", "ledger.between"), Kill("redis"), Kill("kafka")),
    last_words=(),
    closing=((Kill("profiles", "feast.before"), Kill("outcomes", "emission.before")),),
    back_within_s=60.0,  # wide: the machine that runs the tests is busy with other things
)
