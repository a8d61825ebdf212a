"""Outcomes and decision records, made by hand and sent to a memory sink."""

from __future__ import annotations

from datetime import UTC, datetime

from protos.gen.adloom.events.v1 import impression_pb2, outcome_pb2
from services.wire.codec.encode import encode
from services.wire.codec.memory_sink import MemorySink
from services.wire.codec.ports import Sink

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def outcome(number: int, clicked: bool = False, closed: bool = True, **fields: object) -> outcome_pb2.Outcome:
    kind = outcome_pb2.CLICKED if clicked else outcome_pb2.IGNORED
    made = outcome_pb2.Outcome(
        outcome_id=f"i{number}:click",
        impression_id=f"i{number}",
        user_id=user(number),
        kind=kind,
        shown_at=NOW,
        settled_at=NOW,
        policy_id="uniform",
        creative_id="c1",
        propensity=0.5,
        target_propensities={"uniform": 0.5, "thompson": 0.5},
        window_closed=closed,
        score=0.1,
    )
    made.MergeFrom(outcome_pb2.Outcome(**fields))  # type: ignore[arg-type]  # fields of the message, by name
    return made


def user(number: int) -> str:
    return f"u1-{number:032x}"


def send(sink: Sink, *outcomes: outcome_pb2.Outcome) -> None:
    for made in outcomes:
        event_id = f"{made.outcome_id}{made.window_closed}"
        sink.send(encode(made, event_id=event_id, source="test", time=NOW, key=made.user_id.encode()))


def send_impression(sink: MemorySink, number: int, time: datetime = NOW) -> None:
    made = impression_pb2.Impression(impression_id=f"i{number}", user_id=user(number), propensity=0.5)
    sink.send(encode(made, event_id=f"i{number}", source="test", time=time, key=made.user_id.encode()))
